using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Education.LearningRecords.Assessment;
using Education.LearningRecords.Transcripts;
using SharedKernel.Contracts;
using SharedKernel.Documents.Signing;
using Testing;

namespace Education.Tests;

/// <summary>The chain of signatures by itself: what breaks when anything is changed, judged by us and by a library of others.</summary>
public sealed class TranscriptSignatureTests(TranscriptSignatureTests.SignedRecord signed)
    : IClassFixture<TranscriptSignatureTests.SignedRecord>
{
    private const string OthersLibrary = "xml-crypto@6.3.2 @xmldom/xmldom@0.8.11 xpath@0.0.34";

    /// <summary>Checks every signature with its own certificate; prints true or false for each.</summary>
    private const string OthersScript = """
        import { readFileSync } from 'node:fs';
        import { SignedXml } from 'xml-crypto';
        import { DOMParser } from '@xmldom/xmldom';
        import xpath from 'xpath';
        const xml = readFileSync(0, 'utf8');
        const document = new DOMParser().parseFromString(xml);
        const signatures = xpath.select("//*[local-name()='Signature']", document);
        console.log(JSON.stringify(signatures.map(node => {
          const text = xpath.select1("string(.//*[local-name()='X509Certificate'][1])", node);
          const signature = new SignedXml({ publicCert: `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----` });
          signature.loadSignature(node);
          try { return signature.checkSignature(xml); } catch { return false; }
        })));
        """;

    [Fact]
    public void What_was_signed_reads_as_it_was_written_and_fits_the_schema()
    {
        Assert.Empty(TranscriptXml.Errors(signed.Xml));
        Assert.Equivalent(SignedRecord.Content, TranscriptXml.Read(signed.Xml), strict: true);
        var readings = TranscriptSignatures.Verify(signed.Xml, signed.Trusted);
        Assert.Equal(
            [
                SignatureRole.Subject,
                SignatureRole.Homeroom,
                SignatureRole.Principal,
                SignatureRole.Release,
            ],
            readings.Select(reading => reading.Role)
        );
        Assert.All(readings, reading => Assert.True(reading.IsGood));
        Assert.All(readings, reading => Assert.Equal(reading.Signer, reading.Check.Signer));
    }

    /// <summary>What is changed in the text of the document, and which of the four signatures then hold by themselves and in the chain.</summary>
    [Theory]
    [InlineData("a mark", ">8.5<", ">9.5<", "0000", "0000")]
    [InlineData("an average", "KetQua=\"8.1\"", "KetQua=\"9.1\"", "0000", "0000")]
    [InlineData("the name", "Nguyễn Thị Thử", "Nguyễn Thị Thứ", "0000", "0000")]
    [InlineData("a comment", "Chăm ngoan", "Chưa ngoan", "0000", "0000")]
    [InlineData("the outcome", ">Được lên lớp<", ">Không được lên lớp<", "0000", "0000")]
    [InlineData("the personal ID's salt", "Muoi=\"00", "Muoi=\"01", "0000", "0000")]
    [InlineData("who signed first", "HoTen=\"Cô Một\"", "HoTen=\"Cô Hai\"", "0111", "0000")]
    [InlineData(
        "when the principal signed",
        "VaiTro=\"HIEUTRUONG\" HoTen=\"Cô Ba\" Luc=\"2026",
        "VaiTro=\"HIEUTRUONG\" HoTen=\"Cô Ba\" Luc=\"2025",
        "1101",
        "1100"
    )]
    [InlineData("a role", "VaiTro=\"GVCN\"", "VaiTro=\"GVBM\"", "1011", "1000")]
    [InlineData(
        "the schema's version, which is not signed",
        "PhienBan=\"1.0\"",
        "PhienBan=\"1.1\"",
        "1111",
        "1111"
    )]
    public void A_change_breaks_what_covers_it(
        string what,
        string from,
        string to,
        string alone,
        string inChain
    )
    {
        Assert.Contains(from, signed.Xml);
        var readings = TranscriptSignatures.Verify(signed.Xml.Replace(from, to), signed.Trusted);
        Assert.Equal((what, alone), (what, Holds(readings, reading => reading.Check.IsGood)));
        Assert.Equal((what, inChain), (what, Holds(readings, reading => reading.IsGood)));
    }

    [Fact]
    public void A_signature_that_is_exchanged_or_removed_breaks_those_after_it()
    {
        var other = TranscriptSignatures.Sign(
            signed.After(1),
            SignatureRole.Homeroom,
            null,
            "Cô Hai",
            signed.Key("Cô Khác"),
            SignedRecord.Day
        );
        // The third and fourth signature were made over the second one of before.
        var exchanged = other.Replace(
            "</ChuKySo>",
            signed
                .Xml[signed.Xml.IndexOf("<LanKi Id=\"lk-3\"", StringComparison.Ordinal)..]
                .Replace("</HocBa>", "")
        );
        var readings = TranscriptSignatures.Verify(exchanged, signed.Trusted);
        Assert.Equal("1100", Holds(readings, reading => reading.IsGood));
        // Whoever lends a name is seen: the certificate says another.
        Assert.NotEqual(readings[1].Signer, readings[1].Check.Signer);

        var second = signed.Xml[
            signed.Xml.IndexOf("<LanKi Id=\"lk-2\"", StringComparison.Ordinal)..signed.Xml.IndexOf(
                "<LanKi Id=\"lk-3\"",
                StringComparison.Ordinal
            )
        ];
        readings = TranscriptSignatures.Verify(signed.Xml.Replace(second, ""), signed.Trusted);
        Assert.Equal("100", Holds(readings, reading => reading.IsGood));
    }

    [Fact]
    public void A_document_of_strangers_is_not_trusted_and_what_is_no_record_is_refused()
    {
        var readings = TranscriptSignatures.Verify(signed.Xml, []);
        Assert.All(readings, reading => Assert.True(reading.Check.Intact));
        Assert.All(readings, reading => Assert.False(reading.IsGood));
        foreach (
            var text in new[]
            {
                "",
                "<HocBa/>",
                "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>",
                signed.Xml.Replace("<ChuKySo>", "<NoiDung Id=\"nd\"/><ChuKySo>"),
            }
        )
        {
            Assert.Throws<InvalidInput>(() => TranscriptSignatures.Verify(text, signed.Trusted));
        }
    }

    [Fact]
    public async Task A_library_of_others_agrees()
    {
        Assert.Equal([true, true, true, true], await Others(signed.Xml));
        Assert.Equal(
            [false, false, false, false],
            await Others(signed.Xml.Replace(">8.5<", ">9.5<"))
        );
    }

    [Fact]
    public void A_number_is_compared_and_never_told()
    {
        var hashed = HashedNumber.Of("001215000123");
        Assert.True(hashed.Is("001215000123"));
        Assert.False(hashed.Is("001215000124"));
        Assert.NotEqual(hashed, HashedNumber.Of("001215000123"));
        // The example of Open Badges 3.0: a@example.com, salted with Kosher.
        Assert.True(
            new HashedNumber(
                "Kosher",
                "sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399"
            ).Is("a@example.com")
        );
    }

    private static string Holds(
        IEnumerable<SignatureReading> readings,
        Func<SignatureReading, bool> holds
    ) => string.Concat(readings.Select(reading => holds(reading) ? '1' : '0'));

    private static async Task<List<bool>> Others(string xml) =>
        JsonSerializer.Deserialize<List<bool>>(
            await NodeScript.Run(
                OthersLibrary,
                OthersScript,
                xml,
                TestContext.Current.CancellationToken
            )
        )!;

    /// <summary>Signed once by four people for all tests.</summary>
    public sealed class SignedRecord : IDisposable
    {
        public static readonly DateTimeOffset Day = new(2026, 6, 1, 8, 0, 0, TimeSpan.Zero);

        public static readonly TranscriptContent Content = new(
            Guid.Parse("0190aaaa-0000-7000-8000-000000000001"),
            1,
            null,
            null,
            Circular22.Name,
            new("0100100001", "Trường THCS A", 2025, "6A", 6),
            new(
                "0100000001",
                "Nguyễn Thị Thử",
                new PartialDate(2014, 5),
                Sex.Female,
                new("00ff", "sha256$" + new string('0', 64))
            ),
            [
                new(
                    "TOAN",
                    "Toán",
                    AssessmentKind.Scored,
                    140,
                    [
                        new(
                            1,
                            [
                                new(ColumnKind.Regular, 1, "8"),
                                new(ColumnKind.Midterm, 1, "7.5"),
                                new(ColumnKind.Final, 1, "8.5"),
                            ],
                            "8.1"
                        ),
                        new(2, [new(ColumnKind.Final, 1, "9")], "9.0"),
                    ],
                    "8.7"
                ),
                new(
                    "GDTC",
                    "Giáo dục thể chất",
                    AssessmentKind.Comment,
                    70,
                    [new(1, [new(ColumnKind.Final, 1, "Đ")], "Đ"), new(2, [], null)],
                    "Đ"
                ),
            ],
            [new(1, "Tốt", "Tốt", 2, "Chăm ngoan & \"hiền\" <3"), new(2, "Khá", "Tốt", 0, null)],
            "Khá",
            "Tốt",
            new(YearOutcome.Promoted, "Được lên lớp", "12.1"),
            null
        );

        private readonly string folder = Directory.CreateTempSubdirectory("keys-").FullName;
        private readonly SigningKeys keys;
        private readonly List<string> steps;

        public SignedRecord()
        {
            keys = new SigningKeys(folder, makeDemoKeys: true, new ThatDay());
            steps = [TranscriptXml.Write(Content)];
            foreach (
                var (role, subject, name) in new[]
                {
                    (SignatureRole.Subject, "TOAN", "Cô Một"),
                    (SignatureRole.Homeroom, null, "Cô Hai"),
                    (SignatureRole.Principal, null, "Cô Ba"),
                    (SignatureRole.Release, (string?)null, "Trường THCS A"),
                }
            )
            {
                steps.Add(
                    TranscriptSignatures.Sign(steps[^1], role, subject, name, Key(name), Day)
                );
            }
        }

        public string Xml => steps[^1];

        public X509Certificate2Collection Trusted => keys.Trusted();

        public string After(int signatures) => steps[signatures];

        public SigningKey Key(string name) =>
            keys.Of(
                new Caller(
                    string.Concat(name.Where(char.IsAsciiLetterOrDigit)),
                    name,
                    new HashSet<Role>()
                ),
                KeyKind.Rsa
            );

        private sealed class ThatDay : TimeProvider
        {
            public override DateTimeOffset GetUtcNow() => Day;
        }

        public void Dispose() => Directory.Delete(folder, recursive: true);
    }
}
