using Health.Emr.Prescriptions;
using SharedKernel.Documents;

namespace Health.Emr.Tests.Prescriptions;

/// <summary>How codes, amounts and names are written.</summary>
public sealed class PrescriptionWordingTests
{
    [Theory]
    [InlineData(0, "không")]
    [InlineData(1, "một")]
    [InlineData(5, "năm")]
    [InlineData(10, "mười")]
    [InlineData(11, "mười một")]
    [InlineData(15, "mười lăm")]
    [InlineData(20, "hai mươi")]
    [InlineData(21, "hai mươi mốt")]
    [InlineData(24, "hai mươi bốn")]
    [InlineData(25, "hai mươi lăm")]
    [InlineData(100, "một trăm")]
    [InlineData(101, "một trăm linh một")]
    [InlineData(105, "một trăm linh năm")]
    [InlineData(110, "một trăm mười")]
    [InlineData(111, "một trăm mười một")]
    [InlineData(115, "một trăm mười lăm")]
    [InlineData(121, "một trăm hai mươi mốt")]
    [InlineData(555, "năm trăm năm mươi lăm")]
    [InlineData(1000, "một nghìn")]
    [InlineData(1005, "một nghìn không trăm linh năm")]
    [InlineData(1_015, "một nghìn không trăm mười lăm")]
    [InlineData(12_345, "mười hai nghìn ba trăm bốn mươi lăm")]
    [InlineData(1_000_000, "một triệu")]
    [InlineData(1_000_001, "một triệu không trăm linh một")]
    [InlineData(2_500_000, "hai triệu năm trăm nghìn")]
    [InlineData(1_000_000_000, "một tỷ")]
    [InlineData(21_000_000_000, "hai mươi mốt tỷ")]
    public void Numbers_in_words(long number, string words) =>
        Assert.Equal(words, VietnameseNumber.InWords(number));

    [Fact]
    public void Different_numbers_have_different_words()
    {
        var words = Enumerable
            .Range(0, 20_000)
            .Select(number => VietnameseNumber.InWords(number))
            .ToHashSet();
        Assert.Equal(20_000, words.Count);
    }

    [Theory]
    [InlineData(5, ControlClass.Common, "05 viên")]
    [InlineData(9, ControlClass.Psychotropic, "09 viên")]
    [InlineData(10, ControlClass.Common, "10 viên")]
    [InlineData(20, ControlClass.Narcotic, "20 (Hai mươi) viên")]
    [InlineData(5, ControlClass.Narcotic, "05 (Năm) viên")]
    public void Quantities(int quantity, ControlClass kind, string text) =>
        Assert.Equal(text, QuantityText.Of(quantity, "viên", kind));

    [Theory]
    [InlineData(1, "viên", "1 viên")]
    [InlineData(0.5, "viên", "½ viên")]
    [InlineData(1.5, "viên", "1½ viên")]
    [InlineData(2.5, "ml", "2,5 ml")]
    [InlineData(0.3, "viên", "0,3 viên")]
    public void Doses(double dose, string unit, string text) =>
        Assert.Equal(text, QuantityText.Dose((decimal)dose, unit));

    [Theory]
    [InlineData("para500", "Paracetamol 500 mg")]
    [InlineData("amoxclav1000", "Augmentin (Amoxicillin + Acid clavulanic) 875 mg + 125 mg")]
    [InlineData("vit3b", "Vitamin B1 + Vitamin B6 + Vitamin B12 100 mg + 100 mg + 150 microgam")]
    public void Drugs_by_INN_or_brand(string code, string name) =>
        Assert.Equal(name, DrugCatalogue.Find(code)!.NameWithStrength);

    [Theory]
    [InlineData(ControlClass.Common, 'c')]
    [InlineData(ControlClass.Psychotropic, 'h')]
    [InlineData(ControlClass.Narcotic, 'n')]
    public void A_code_has_facility_seven_random_and_class(ControlClass kind, char letter)
    {
        var code = PrescriptionCode.New("40151", kind);
        Assert.Matches($"^40151[0-9a-z]{{7}}-{letter}$", code);
        Assert.Equal(14, code.Length);
        Assert.True(PrescriptionCode.IsValid(code));
        Assert.Equal(kind, PrescriptionCode.ClassOf(code));
    }

    [Fact]
    public void A_hundred_thousand_codes_do_not_meet()
    {
        const int many = 100_000;
        var codes = Enumerable
            .Range(0, many)
            .Select(_ => PrescriptionCode.New("40151", ControlClass.Common));
        // Of 36⁷ possible ones; even then a second document under one code is refused (see the signing tests).
        Assert.InRange(codes.ToHashSet().Count, many - 2, many);
    }

    [Theory]
    [InlineData("01001a1b2c3d-c", true)]
    [InlineData("01001a1b2c3d-N", true)]
    [InlineData("01001A1b2c3d-c", false)]
    [InlineData("01001a1b2c3d", false)]
    [InlineData("01001a1b2c3d-x", false)]
    [InlineData("../a1b2c3d-c", false)]
    public void Codes_of_others(string code, bool valid) =>
        Assert.Equal(valid, PrescriptionCode.IsValid(code));

    [Fact]
    public void A_facility_has_five_characters() =>
        Assert.Throws<ArgumentException>(() => PrescriptionCode.New("4015", ControlClass.Common));
}
