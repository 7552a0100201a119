using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace SharedKernel.Citizens;

/// <summary>Turns the text of an identity card's QR code into the fields of a registration; nothing is kept.</summary>
public sealed class ReadIdentityCard : IFeature
{
    public sealed record CardText(string? Qr);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost("/api/citizens/card", (CardText card) => Run(card.Qr))
            .Requires(Permission.RegisterCitizens);

    /// <exception cref="InvalidInput">The text is no card's: says what is wrong with it.</exception>
    public static CitizenDetails Run(string? qr) =>
        IdentityCard.Read(qr, out var fault) is { } card
            ? new(
                NameKey.Written(card.FullName),
                card.Birth,
                card.Sex,
                card.PersonalId.ToString(),
                Address: card.Residence,
                OldIdentityNumber: card.OldNumber
            )
            : throw new InvalidInput("qr", Message(fault));

    private static string Message(IdentityCardFault fault) =>
        fault switch
        {
            IdentityCardFault.TooFewFields => T.Of(
                "Đây không phải mã QR của thẻ căn cước: cần ít nhất 7 phần ngăn bởi dấu |.",
                "This is not the QR code of an identity card: it needs at least 7 parts between bars (|)."
            ),
            IdentityCardFault.PersonalId => T.Of(
                "Phần đầu của mã QR phải là số định danh gồm 12 chữ số.",
                "The first part of the QR code must be a personal ID of 12 digits."
            ),
            IdentityCardFault.FullName => T.Of(
                "Mã QR thiếu họ và tên (phần thứ 3).",
                "The QR code lacks the full name (part 3)."
            ),
            IdentityCardFault.Birth => T.Of(
                "Ngày sinh trong mã QR (phần thứ 4) phải có dạng ngày tháng năm viết liền, như 15081990.",
                "The birth date in the QR code (part 4) must be written ddMMyyyy, such as 15081990."
            ),
            _ => T.Of(
                "Giới tính trong mã QR (phần thứ 5) phải là Nam hoặc Nữ.",
                "The sex in the QR code (part 5) must be Nam or Nữ."
            ),
        };
}
