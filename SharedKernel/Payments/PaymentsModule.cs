using SharedKernel.Modules;

namespace SharedKernel.Payments;

/// <summary>Price lists and fee plans in force; invoices and receipts.</summary>
public sealed class PaymentsModule : IModule
{
    public Part Part => Part.Kernel;

    public void Register(ModuleBuilder module) => module.Pages<PaymentsModule>();
}
