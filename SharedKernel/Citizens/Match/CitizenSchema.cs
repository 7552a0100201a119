using SharedKernel.Contracts;

namespace SharedKernel.Citizens.Match;

/// <summary>How citizens are matched. A family name tells 1.4 bits in Viet Nam and heads no block; given name and birth do.</summary>
public static class CitizenSchema
{
    private static readonly int[] NotSameId =
    [
        Comparison.Missing,
        PersonalIdComparison.OneDigit,
        PersonalIdComparison.Other,
    ];

    /// <param name="communeNow">The commune code in force for one that has gone; see <see cref="AddressComparison"/>.</param>
    public static LinkageSchema Create(Func<string, string?>? communeNow = null) =>
        new(
            [
                new("name", "Họ và tên", "Full name", new NameComparison()),
                new("birthDate", "Ngày sinh", "Birth date", new DateComparison(true)),
                new("personalId", "Số định danh", "Personal ID", new PersonalIdComparison()),
                new("insurance", "Số thẻ BHYT", "Insurance number", new NumberComparison()),
                new("phone", "Điện thoại", "Phone", new PhoneComparison()),
                new("address", "Nơi ở", "Address", new AddressComparison(communeNow)),
                new("sex", "Giới tính", "Sex", new CodeComparison(2)),
            ],
            [
                new("personal ID", [new("personalId")], [], Trains: true),
                new("insurance number", [new("insurance")], []),
                new(
                    "given name and birth date",
                    [new("name", KeyOf.GivenName), new("birthDate", KeyOf.DayAndMonth)],
                    [new("name", KeyOf.FamilyName)],
                    Trains: true
                ),
                new("phone", [new("phone")], [new("name", KeyOf.GivenName)]),
                new(
                    "all words of the name and birth year",
                    [new("name", KeyOf.Words), new("birthDate", KeyOf.Year)],
                    [new("address", KeyOf.Commune)]
                ),
                new(
                    "all words of the name and commune",
                    [new("name", KeyOf.Words), new("address", KeyOf.Commune)],
                    [new("birthDate", KeyOf.Year)]
                ),
                new(
                    "birth date and commune",
                    [new("birthDate", KeyOf.DayAndMonth), new("address", KeyOf.Commune)],
                    [new("name", KeyOf.FamilyName)]
                ),
                new(
                    "given name, birth year and commune",
                    [
                        new("name", KeyOf.GivenName),
                        new("birthDate", KeyOf.Year),
                        new("address", KeyOf.Commune),
                    ],
                    [new("name", KeyOf.FamilyName)]
                ),
            ],
            [
                new(
                    "Hai số định danh khác nhau",
                    "Two different personal IDs",
                    new LevelsOf(
                        "personalId",
                        PersonalIdComparison.OneDigit,
                        PersonalIdComparison.Other
                    )
                ),
                new(
                    "Trùng số định danh nhưng khác tên và ngày sinh",
                    "The same personal ID, but another name and birth date",
                    new LevelsOf("personalId", PersonalIdComparison.Same),
                    new LevelsOf("name", NameComparison.GivenOnly, NameComparison.Other),
                    new LevelsOf("birthDate", DateComparison.TwoDigits, DateComparison.Other)
                ),
                new(
                    "Tên khác nhau: có thể là anh chị em, sinh đôi",
                    "Another name: these may be siblings or twins",
                    new LevelsOf("personalId", NotSameId),
                    new LevelsOf(
                        "name",
                        NameComparison.OtherMarks,
                        NameComparison.OtherMiddle,
                        NameComparison.GivenOnly,
                        NameComparison.Other
                    )
                ),
                new(
                    "Một bên chưa có tên: có thể là anh chị em sinh đôi",
                    "One of them has no name yet: these may be twins",
                    new LevelsOf("personalId", NotSameId),
                    new LevelsOf("name", Comparison.Missing)
                ),
                new(
                    "Ngày sinh khác nhau: có thể là người cùng tên trong nhà",
                    "Another birth date: these may be relatives of one name",
                    new LevelsOf("personalId", NotSameId),
                    new LevelsOf("birthDate", DateComparison.TwoDigits, DateComparison.Other)
                ),
                new(
                    "Giới tính khác nhau",
                    "Another sex",
                    new LevelsOf("personalId", NotSameId),
                    new LevelsOf("sex", 1)
                ),
            ]
        );

    /// <summary>The values of a person in the order of the schema.</summary>
    public static string?[] Values(CitizenDetails person) =>
        [
            person.FullName,
            person.BirthDate?.ToString(),
            $"{person.PersonalId} {person.OldIdentityNumber}",
            person.InsuranceNumber,
            person.Phone,
            $"{person.CommuneCode}|{person.Address}",
            person.Sex == Sex.Unknown ? null : person.Sex.ToString(),
        ];
}
