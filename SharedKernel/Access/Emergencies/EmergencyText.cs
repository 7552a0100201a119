using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace SharedKernel.Access.Emergencies;

public static class EmergencyText
{
    public static string Text(this EmergencyVerdict verdict) =>
        verdict is EmergencyVerdict.Justified
            ? T.Of("chính đáng", "justified")
            : T.Of("không chính đáng", "not justified");
}
