using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using System.Xml.Schema;
using Education.LearningRecords.Assessment;
using SharedKernel.Contracts;
using SharedKernel.Documents.Signing;

namespace Education.LearningRecords.Transcripts;

/// <summary>
/// Học bạ số as XML. No schema of the ministry is public, so this one is ours (<c>hoc-ba-1.xsd</c>); another would stand beside it
/// behind the same two methods. <c>NoiDung</c> is what is signed, <c>ChuKySo</c> holds the signatures.
/// </summary>
public static class TranscriptXml
{
    public const string Namespace = "urn:records:vn:hoc-ba:1";
    public const string SchemaVersion = "1.0";

    /// <summary>Id of the content, which every signature covers.</summary>
    public const string ContentId = "nd";
    private const string SchemaFile = "Education.LearningRecords.Transcripts.hoc-ba-1.xsd";
    private static readonly XNamespace Ns = Namespace;
    private static readonly Lazy<XmlSchemaSet> Schemas = new(LoadSchemas);

    /// <summary>Column kinds as the trade abbreviates them.</summary>
    private static readonly Dictionary<ColumnKind, string> Columns = new()
    {
        [ColumnKind.Regular] = "TX",
        [ColumnKind.Midterm] = "GK",
        [ColumnKind.Final] = "CK",
    };

    public static string Write(TranscriptContent content) =>
        new XElement(
            Ns + "HocBa",
            new XAttribute("PhienBan", SchemaVersion),
            new XElement(
                Ns + "NoiDung",
                new XAttribute("Id", ContentId),
                new XElement(
                    Ns + "BanGhi",
                    new XAttribute("Ma", content.Id),
                    new XAttribute("Lan", content.Version),
                    new XAttribute("BoQuyTac", content.RuleSet),
                    Optional("ThayThe", content.Replaces),
                    Optional("LyDo", content.Why)
                ),
                new XElement(
                    Ns + "Truong",
                    new XAttribute("Ma", content.School.Code),
                    new XAttribute("Ten", content.School.Name)
                ),
                new XElement(
                    Ns + "Lop",
                    new XAttribute("Ten", content.School.Class),
                    new XAttribute("Khoi", content.School.Grade),
                    new XAttribute("NamHoc", content.School.Year)
                ),
                Pupil(content.Pupil),
                content.Subjects.Select(Subject),
                content.Terms.Select(term => new XElement(
                    Ns + "HocKi",
                    new XAttribute("So", term.Number),
                    Optional("HocTap", term.Learning),
                    Optional("RenLuyen", term.Conduct),
                    new XAttribute("BuoiNghi", term.Absences),
                    term.Comment is null ? null : new XElement(Ns + "NhanXet", term.Comment)
                )),
                new XElement(
                    Ns + "CaNam",
                    Optional("HocTap", content.Learning),
                    Optional("RenLuyen", content.Conduct),
                    Optional("DanhHieu", content.Award),
                    content.Outcome is not { } outcome
                        ? null
                        : new XElement(
                            Ns + "KetQua",
                            new XAttribute("Ma", outcome.Code),
                            new XAttribute("Dieu", outcome.Article),
                            outcome.Text
                        )
                )
            ),
            new XElement(Ns + "ChuKySo")
        ).ToString(SaveOptions.DisableFormatting);

    public static TranscriptContent Read(string xml)
    {
        var root = XElement.Parse(xml);
        var content = root.Element(Ns + "NoiDung")!;
        XElement Part(string name) => content.Element(Ns + name)!;
        var (record, school, schoolClass) = (Part("BanGhi"), Part("Truong"), Part("Lop"));
        var year = Part("CaNam");
        return new(
            (Guid)record.Attribute("Ma")!,
            (int)record.Attribute("Lan")!,
            (Guid?)record.Attribute("ThayThe"),
            (string?)record.Attribute("LyDo"),
            (string)record.Attribute("BoQuyTac")!,
            new(
                (string)school.Attribute("Ma")!,
                (string)school.Attribute("Ten")!,
                (int)schoolClass.Attribute("NamHoc")!,
                (string)schoolClass.Attribute("Ten")!,
                (int)schoolClass.Attribute("Khoi")!
            ),
            PupilOf(Part("HocSinh")),
            [.. content.Elements(Ns + "Mon").Select(SubjectOf)],
            [
                .. content
                    .Elements(Ns + "HocKi")
                    .Select(term => new FrozenTerm(
                        (int)term.Attribute("So")!,
                        (string?)term.Attribute("HocTap"),
                        (string?)term.Attribute("RenLuyen"),
                        (int)term.Attribute("BuoiNghi")!,
                        (string?)term.Element(Ns + "NhanXet")
                    )),
            ],
            (string?)year.Attribute("HocTap"),
            (string?)year.Attribute("RenLuyen"),
            year.Element(Ns + "KetQua") is { } outcome
                ? new(
                    Enum.Parse<YearOutcome>((string)outcome.Attribute("Ma")!),
                    (string)outcome,
                    (string)outcome.Attribute("Dieu")!
                )
                : null,
            (string?)year.Attribute("DanhHieu")
        );
    }

    /// <returns>What is wrong by the schema, with its line; empty when nothing is.</returns>
    public static IReadOnlyList<string> Errors(string xml)
    {
        var errors = new List<string>();
        var document = XmlSignatures.Load(xml);
        document.Schemas = Schemas.Value;
        document.Validate((_, error) => errors.Add(error.Message));
        return document.DocumentElement?.NamespaceURI == Namespace
            ? errors
            : [.. errors, $"The root is not HocBa of {Namespace}."];
    }

    private static XElement Pupil(FrozenPupil pupil) =>
        new(
            Ns + "HocSinh",
            Optional("Ma", pupil.Code),
            new XAttribute("HoTen", pupil.Name),
            Optional("NgaySinh", pupil.BirthDate),
            new XAttribute("GioiTinh", SexCode(pupil.Sex)),
            pupil.PersonalId is not { } number
                ? null
                : new XElement(
                    Ns + "SoDinhDanh",
                    new XAttribute("Muoi", number.Salt),
                    new XAttribute("Bam", number.Hash)
                )
        );

    private static FrozenPupil PupilOf(XElement pupil) =>
        new(
            (string?)pupil.Attribute("Ma"),
            (string)pupil.Attribute("HoTen")!,
            (string?)pupil.Attribute("NgaySinh") is { } born ? PartialDate.Parse(born) : null,
            (string?)pupil.Attribute("GioiTinh") switch
            {
                "NAM" => Sex.Male,
                "NU" => Sex.Female,
                _ => Sex.Unknown,
            },
            pupil.Element(Ns + "SoDinhDanh") is { } number
                ? new((string)number.Attribute("Muoi")!, (string)number.Attribute("Bam")!)
                : null
        );

    private static XElement Subject(FrozenSubject subject) =>
        new(
            Ns + "Mon",
            new XAttribute("Ma", subject.Code),
            new XAttribute("Ten", subject.Name),
            new XAttribute("DanhGia", subject.Kind is AssessmentKind.Scored ? "DIEM" : "NHANXET"),
            new XAttribute("SoTiet", subject.AnnualPeriods),
            Optional("CaNam", subject.Year),
            subject.Terms.Select(term => new XElement(
                Ns + "HocKi",
                new XAttribute("So", term.Number),
                Optional("KetQua", term.Result),
                term.Marks.Select(mark => new XElement(
                    Ns + "Diem",
                    new XAttribute("Loai", Columns[mark.Column]),
                    new XAttribute("So", mark.Number),
                    mark.Value
                ))
            ))
        );

    private static FrozenSubject SubjectOf(XElement subject) =>
        new(
            (string)subject.Attribute("Ma")!,
            (string)subject.Attribute("Ten")!,
            (string)subject.Attribute("DanhGia")! == "DIEM"
                ? AssessmentKind.Scored
                : AssessmentKind.Comment,
            (int)subject.Attribute("SoTiet")!,
            [
                .. subject
                    .Elements(Ns + "HocKi")
                    .Select(term => new FrozenSubjectTerm(
                        (int)term.Attribute("So")!,
                        [
                            .. term.Elements(Ns + "Diem")
                                .Select(mark => new FrozenMark(
                                    Columns
                                        .First(known =>
                                            known.Value == (string)mark.Attribute("Loai")!
                                        )
                                        .Key,
                                    (int)mark.Attribute("So")!,
                                    (string)mark
                                )),
                        ],
                        (string?)term.Attribute("KetQua")
                    )),
            ],
            (string?)subject.Attribute("CaNam")
        );

    private static string SexCode(Sex sex) =>
        sex switch
        {
            Sex.Male => "NAM",
            Sex.Female => "NU",
            _ => "KHONG_RO",
        };

    private static XAttribute? Optional(string name, object? value) =>
        value is null
            ? null
            : new(name, Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");

    private static XmlSchemaSet LoadSchemas()
    {
        using var file = typeof(TranscriptXml).Assembly.GetManifestResourceStream(SchemaFile)!;
        using var reader = XmlReader.Create(file);
        var schemas = new XmlSchemaSet { XmlResolver = null };
        schemas.Add(Namespace, reader);
        schemas.Compile();
        return schemas;
    }
}
