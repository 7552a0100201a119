using SharedKernel.Payments.Invoices;

namespace SharedKernel.Tests.Payments;

public sealed class PaymentReferenceTests
{
    private const string Letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    /// <summary>ISO/IEC 7064 itself: the check characters of MOD 1271-36 make the whole value 1 modulo 1271.</summary>
    [Theory]
    [InlineData("ISO79", "ISO793W")] // the standard's own example
    public void The_check_characters_are_those_of_the_standard(string text, string whole) =>
        Assert.Equal(whole, PaymentReference.WithCheck(text));

    [Fact]
    public void A_new_one_fits_the_QR_code_and_is_right()
    {
        var reference = PaymentReference.New();
        Assert.Equal(PaymentReference.Length, reference.Length);
        Assert.True(PaymentReference.IsRight(reference));
    }

    [Fact]
    public void No_wrong_character_and_no_two_that_changed_places_pass()
    {
        var right = PaymentReference.WithCheck("RC0123456789");
        for (var at = 2; at < right.Length; at++)
        {
            foreach (var letter in Letters.Where(letter => letter != right[at]))
            {
                var wrong = right[..at] + letter + right[(at + 1)..];
                Assert.False(PaymentReference.IsRight(wrong), wrong);
            }
            for (var other = at + 1; other < right.Length; other++)
            {
                var swapped = right.ToCharArray();
                (swapped[at], swapped[other]) = (swapped[other], swapped[at]);
                if (new string(swapped) is var wrong && wrong != right && other == at + 1)
                {
                    Assert.False(PaymentReference.IsRight(wrong), wrong);
                }
            }
        }
    }

    [Theory]
    [InlineData("{0}")]
    [InlineData("MBVCB.5234567890.{0}.CT tu 0123 toi 0456")]
    [InlineData("NGUYEN VAN A CHUYEN TIEN RC{0}-CHUYEN TIEN")]
    [InlineData("rc {0} rc")]
    public void It_is_found_in_what_banks_make_of_it(string content)
    {
        var reference = PaymentReference.New();
        Assert.Contains(
            reference,
            PaymentReference.FindIn(string.Format(content, reference.ToLowerInvariant()))
        );
        var spaced = reference.Insert(9, " ").Insert(4, " ");
        Assert.Contains(reference, PaymentReference.FindIn(string.Format(content, spaced)));
    }

    [Fact]
    public void A_mistyped_one_is_not_found()
    {
        var reference = PaymentReference.New();
        var wrong = reference[..5] + (reference[5] == '7' ? '8' : '7') + reference[6..];
        Assert.Empty(PaymentReference.FindIn($"IBFT {wrong}"));
    }
}
