using System.Net;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Citizens;
using SharedKernel.Citizens.Places;
using SharedKernel.Contracts;

namespace SharedKernel.Tests.Citizens;

/// <summary>A code is read with its date; what was divided goes to a person.</summary>
[Collection<RegisterTests>]
public sealed class PlaceTests(Register register)
{
    private static readonly AdministrativeUnits Units = new();
    private static readonly DateOnly Before = new(2025, 6, 30);
    private static readonly DateOnly Now = new(2026, 11, 23);

    [Fact]
    public void All_units_are_there_and_every_old_commune_is_something_now()
    {
        Assert.Equal(63, Units.Provinces(Before).Count);
        Assert.Equal(34, Units.Provinces(AdministrativeUnits.Reform).Count);
        Assert.Equal(3321, Units.Provinces(Now).Sum(province => Count(province.Code)));

        int Count(string province) =>
            Enumerable
                .Range(0, 100_000)
                .Select(code => Units.Commune($"{code:D5}", Now))
                .Count(commune => commune?.Province.Code == province);
    }

    /// <summary>The seven codes of health.md §1.3: an old province gave its code to a larger one of another name.</summary>
    [Theory]
    [InlineData("15", "Tỉnh Yên Bái", "Tỉnh Lào Cai")]
    [InlineData("24", "Tỉnh Bắc Giang", "Tỉnh Bắc Ninh")]
    public void A_province_s_code_means_what_it_meant_on_its_day(
        string code,
        string before,
        string now
    )
    {
        Assert.Equal(before, Units.Province(code, Before)!.Name);
        Assert.Equal(now, Units.Province(code, Now)!.Name);
    }

    [Fact]
    public void Seven_codes_of_provinces_have_changed_their_meaning() =>
        Assert.Equal(
            7,
            Units
                .Provinces(Now)
                .Count(province =>
                    Units.Province(province.Code, Before) is not { } old
                    || Bare(old.Name) != Bare(province.Name)
                )
        );

    [Fact]
    public void A_commune_s_code_too()
    {
        Assert.Equal("Phường Trúc Bạch", Units.Commune("00004", Before)!.Name);
        Assert.Equal("Phường Ba Đình", Units.Commune("00004", Now)!.Name);
        Assert.Equal("00097", Assert.Single(Units.Now(Units.Commune("00001", Before)!)).Code);
        Assert.True(Units.Now(Units.Commune("00016", Before)!).Count > 1);
    }

    [Fact]
    public void Communes_are_found_and_read_as_people_type_them()
    {
        Assert.Equal("00004", Units.Search("ba dinh ha noi", null, 5)[0].Code);
        Assert.Equal("00004", Units.Read("Phường Ba Đình, Thành phố Hà Nội")!.Code);
        Assert.Null(Units.Read("phường"));
        Assert.Null(Units.Read(""));
        Assert.Equal(50, Units.Search("", "01", 1000).Count);
    }

    [Fact]
    public async Task An_old_address_becomes_the_present_one_and_a_divided_one_waits()
    {
        var moved = await register.Add(
            new("Tống Văn Cũ", null, Sex.Male, CommuneCode: "00001", AddressAsOf: Before)
        );
        Assert.Equal("00097", moved.Citizen.Details.CommuneCode);

        var divided = await register.Add(
            new("Tống Văn Chia", null, Sex.Male, CommuneCode: "00016", AddressAsOf: Before)
        );
        Assert.Null(divided.Citizen.Details.CommuneCode);
        Assert.Contains(divided.Warnings, warning => warning.Contains("đã chia"));
        var waiting = await register.Do((AddressesToAsk ask) => ask.Run(50));
        var row = Assert.Single(waiting.People, person => person.Id == divided.Citizen.Id);
        Assert.Equal("Phường Ngọc Hà", row.Before.Name);

        await register.Do(
            async (AddressesToAsk ask) =>
            {
                await ask.Answer(divided.Citizen.Id, row.Now[0].Code);
                return true;
            }
        );
        Assert.Equal(
            row.Now[0].Code,
            (await register.Find(divided.Citizen.Id))!.Details.CommuneCode
        );
        Assert.DoesNotContain(
            (await register.Do((AddressesToAsk ask) => ask.Run(50))).People,
            person => person.Id == divided.Citizen.Id
        );
    }

    [Fact]
    public async Task What_is_typed_at_a_counter_is_read_with_its_time()
    {
        CommuneOfResidence? Read(string text) => new ReadCommune(Units).Run(text);

        Assert.Equal(new("00004"), Read("ba đình hà nội"));
        Assert.Null(Read(" "));
        // One successor: what it is now, and said so.
        var moved = Read("Phường Phúc Xá, Quận Ba Đình, Thành phố Hà Nội")!;
        Assert.Equal(("00097", null), (moved.Code, moved.AsOf));
        Assert.Contains("nay là", moved.Note);
        // Divided: the old code with its day, so that it waits to be asked.
        Assert.Equal(new("00016", Before), Read("Phường Ngọc Hà, Quận Ba Đình, Thành phố Hà Nội"));
        Assert.Throws<InvalidInput>(() => Read("xã không có thật"));
        Assert.Throws<InvalidInput>(() => Read("xã"));

        var offers = (
            await register.Client.GetFromJsonAsync<List<FindPlaces.PlaceAnswer>>(
                "/api/places/offers?q=phuc+xa+ba+dinh"
            )
        )!;
        var old = Assert.Single(offers);
        Assert.Equal(("00001", "00097"), (old.Commune.Code, Assert.Single(old.Now).Code));
    }

    [Fact]
    public async Task Places_over_HTTP()
    {
        var provinces = await register.Client.GetFromJsonAsync<List<Province>>(
            "/api/places/provinces?at=2025-06-30"
        );
        Assert.Equal(63, provinces!.Count);
        var found = await register.Client.GetFromJsonAsync<List<Commune>>(
            "/api/places/communes?q=cua+nam&province=01"
        );
        Assert.Equal("Phường Cửa Nam", found![0].Name);
        foreach (
            var (path, status) in new[]
            {
                ("/api/places/communes/00016?at=2025-06-30", HttpStatusCode.OK),
                ("/api/places/communes/00016", HttpStatusCode.NotFound),
                ("/api/places/communes/xyz", HttpStatusCode.NotFound),
                ("/api/places/communes", HttpStatusCode.BadRequest),
                ("/api/places/communes/00016?at=hôm+qua", HttpStatusCode.BadRequest),
            }
        )
        {
            Assert.Equal(status, (await register.Client.GetAsync(path)).StatusCode);
        }
    }

    private static string Bare(string name) => name.Replace("Thành phố ", "").Replace("Tỉnh ", "");
}
