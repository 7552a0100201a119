using SharedKernel.Citizens.Match;

namespace SharedKernel.Tests.Match;

/// <summary>What happens to Vietnamese names between two registers, and what it must be taken for.</summary>
public sealed class VietnameseNameTests
{
    private static readonly NameComparison Names = new();

    [Theory]
    // The same name in other bytes or by another rule of writing.
    [InlineData("Nguyễn Đức Anh", "NGUYỄN ĐỨC ANH", NameComparison.Same)]
    [InlineData("Nguyễn Thị Hoà", "Nguyễn Thị Hòa", NameComparison.Same)] // tone on a or on o
    [InlineData("Trần Văn Thủy", "Trần Văn Thuỷ", NameComparison.Same)]
    [InlineData("Lý Thị Mỹ", "Lí Thị Mĩ", NameComparison.Same)] // y and i
    [InlineData("Lê Thị Quý", "Lê Thị Quí", NameComparison.Same)]
    [InlineData("Nguye\u0302\u0303n An", "Nguyễn An", NameComparison.Same)] // combining marks
    [InlineData("Nguyễn  Văn-Nam ", "Nguyễn Văn Nam", NameComparison.Same)]
    // What an input method left behind.
    [InlineData("Nguyeexn Vawn Huwng", "Nguyễn Văn Hưng", NameComparison.Same)] // Telex
    [InlineData("Traanf Dduwcs Tuaasn", "Trần Đức Tuấn", NameComparison.Same)]
    [InlineData("Nguye6n4 Va8n Hu7ng", "Nguyễn Văn Hưng", NameComparison.Same)] // VNI
    [InlineData("Tru7o7ng2 D9u7c1", "Trường Đức", NameComparison.Same)]
    [InlineData("Truwowng Thij Hoaf", "Trương Thị Hoà", NameComparison.Same)]
    // Marks lost on the way.
    [InlineData("nguyen duc anh", "Nguyễn Đức Anh", NameComparison.Unmarked)]
    [InlineData("DANG THI DAO", "Đặng Thị Đào", NameComparison.Unmarked)]
    // Another order, another spelling.
    [InlineData("Anh Đức Nguyễn", "Nguyễn Đức Anh", NameComparison.Reordered)]
    [InlineData("Lan Nguyễn", "Nguyễn Lan", NameComparison.Same)]
    [InlineData("Đức Anh Nguyễn", "Nguyễn Đức Anh", NameComparison.Same)]
    [InlineData("Hoàng Văn Thụ", "Huỳnh Văn Thụ", NameComparison.Reordered)]
    [InlineData("Vũ Thị Sáu", "Võ Thị Sáu", NameComparison.Reordered)]
    [InlineData("Lê Hồng Phúc", "Lê Hồng Phước", NameComparison.Reordered)]
    // Slips.
    [InlineData("Nguyễn Văn Cường", "Nguyễn Văn Cừơgn", NameComparison.Slip)]
    [InlineData("Nguyên Văn Cường", "Nguyễn Văn Cường", NameComparison.Slip)]
    [InlineData("Phạm Thu Hằng", "Phạm Thuhằng", NameComparison.Slip)]
    [InlineData("Nguyễn Anh", "Nguyễn Đức Anh", NameComparison.Shortened)]
    // People who are not one person, however near their names.
    [InlineData("Nguyễn Thị Hồng Anh", "Nguyễn Thị Hồng Ánh", NameComparison.OtherMarks)]
    [InlineData("Trần Minh Nam", "Trần Minh Năm", NameComparison.OtherMarks)]
    [InlineData("Trần Thị Lan", "Trần Thị Loan", NameComparison.OtherMarks)]
    [InlineData("Nguyễn Thị Lan", "Nguyễn Ngọc Lan", NameComparison.OtherMiddle)]
    [InlineData("Nguyễn Thị Lan", "Trần Thị Lan", NameComparison.GivenOnly)]
    [InlineData("Nguyễn Văn Hùng", "Nguyễn Văn Dũng", NameComparison.OtherMarks)]
    [InlineData("Nguyễn Văn Hùng", "Nguyễn Văn Khoa", NameComparison.Other)]
    // Newborns without a name.
    [InlineData("Con bà Nguyễn Thị Lan", "Nguyễn Gia Bảo", Comparison.Missing)]
    [InlineData("Con bà Nguyễn Thị Lan", "CON BA NGUYEN THI LAN", NameComparison.OtherMiddle)]
    [InlineData("Con bà Nguyễn Thị Lan 2", "CON BA NGUYEN THI LAN 2", NameComparison.Reordered)]
    [InlineData("Con bà Nguyễn Thị Lan 1", "Con bà Nguyễn Thị Lan 2", NameComparison.Other)]
    [InlineData("Con bà Nguyễn Thị Lan", "Con bà Trần Thị Hoa", NameComparison.Other)]
    // Names from elsewhere, which are no Telex.
    [InlineData("Alex Smith", "Alex Smith", NameComparison.Same)]
    [InlineData("H'Mai Niê", "H’Mai Niê", NameComparison.Slip)]
    [InlineData("", "Nguyễn Văn An", Comparison.Missing)]
    [InlineData("???", "Nguyễn Văn An", Comparison.Missing)]
    [InlineData(null, null, Comparison.Missing)]
    public void Falls_into_its_level(string? left, string? right, int level)
    {
        Assert.Equal(level, Names.Compare(left, right));
        Assert.Equal(level, Names.Compare(right, left));
    }
}
