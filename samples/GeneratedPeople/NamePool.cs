namespace Samples.GeneratedPeople;

/// <summary>Family names by their published shares (Nguyễn 38 %), middle and given names with the commonest first, and streets.</summary>
internal static class NamePool
{
    public static readonly (string Name, int Weight)[] Families =
    [
        ("Nguyễn", 384),
        ("Trần", 121),
        ("Lê", 95),
        ("Phạm", 70),
        ("Hoàng", 30),
        ("Huỳnh", 21),
        ("Phan", 45),
        ("Vũ", 20),
        ("Võ", 19),
        ("Đặng", 21),
        ("Bùi", 20),
        ("Đỗ", 14),
        ("Hồ", 13),
        ("Ngô", 13),
        ("Dương", 10),
        ("Lý", 5),
        ("Đinh", 9),
        ("Đoàn", 9),
        ("Trịnh", 8),
        ("Trương", 12),
        ("Lương", 8),
        ("Mai", 7),
        ("Tô", 5),
        ("Tạ", 5),
        ("Hà", 8),
        ("Cao", 8),
        ("Lưu", 5),
        ("Thái", 4),
        ("Chu", 4),
        ("Quách", 2),
        ("Nông", 2),
        ("Triệu", 2),
        ("Giàng", 1),
        ("Lò", 2),
        ("Niê", 1),
        ("Tống", 2),
    ];

    public static readonly string[] MaleMiddles =
        "Văn Văn Văn Đức Hữu Minh Quang Xuân Công Đình Ngọc Thanh Anh Gia Tuấn Quốc Trọng Duy Mạnh Thành Bá Viết Hoàng Nhật".Split(
            ' '
        );
    public static readonly string[] FemaleMiddles =
        "Thị Thị Thị Ngọc Thu Thanh Minh Kim Hồng Phương Bích Thuỳ Mỹ Diệu Khánh Bảo Quỳnh Hải Cẩm Tuyết Lan Như Tường Gia".Split(
            ' '
        );
    public static readonly string[] MaleGivens = (
        "Hùng Dũng Tuấn Anh Minh Nam Sơn Long Hải Cường Thắng Hiếu Đức Quân Huy Khoa Phúc Thành Trung Tùng Việt Bình Hoà Tâm Toàn "
        + "Thịnh Phong Khánh Bảo Quang Vinh Hưng Kiên Đạt Lộc Tài Nghĩa Khôi Duy Tiến Thuận Lâm Giang Hậu Phát Nhân Tín Trí Khang An "
        + "Bách Chiến Chung Công Cảnh Dương Điệp Định Đông Hà Hào Hoan Hội Kỳ Lực Luân Mạnh Nguyên Nhật Ninh Pháp Phương Quốc Quý Sáng "
        + "Tân Thái Thạch Thiện Thông Tuyên Tường Vũ Vương Xuân Ý Đăng Hoàng Lợi Thọ Sinh Trường Thanh Thế Chính Tính"
    ).Split(' ');
    public static readonly string[] FemaleGivens = (
        "Lan Hương Hoa Hằng Linh Trang Thảo Hà Mai Ngọc Anh Thu Nga Hạnh Phương Yến Thuỷ Vân Oanh Nhung Dung Huyền Loan Quỳnh My Vy "
        + "Ngân Châu Trâm Thư Nhi Hiền Tuyết Liên Xuân Hồng Cúc Đào Bích Diệp Duyên Giang Hân Hậu Hoà Khanh Kiều Lam Lệ Liễu Lý Mến Minh "
        + "Na Nguyệt Nhàn Như Nương Phượng Phúc Quyên Sen Sương Tâm Thanh Thắm Thoa Thơm Thuý Tiên Trinh Trúc Tú Uyên Vi Xoan Ý Ánh Chi "
        + "Chinh Đan Điệp Gấm Gái Hiếu Hoài Huệ Khuê Mơ Mỹ Nguyên Tường Thuỳ Thương Tình Vui Yên"
    ).Split(' ');
    public static readonly string[] Streets =
        "Lê Lợi;Trần Phú;Nguyễn Huệ;Hùng Vương;Quang Trung;Hai Bà Trưng;Lý Thường Kiệt;Phan Bội Châu;Điện Biên Phủ;Nguyễn Trãi;Lê Duẩn;Võ Văn Kiệt;Trường Chinh;Bà Triệu;Ngô Quyền".Split(
            ';'
        );

    public static readonly int FamilyWeights = Families.Sum(family => family.Weight);
}
