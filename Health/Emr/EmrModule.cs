using Health.Contracts;
using Health.Emr.Apps;
using Health.Emr.Consents;
using Health.Emr.DecisionSupport;
using Health.Emr.DecisionSupport.CdsHooks;
using Health.Emr.Encounters;
using Health.Emr.Fees;
using Health.Emr.Growth;
using Health.Emr.Hospital;
using Health.Emr.Orders;
using Health.Emr.Papers;
using Health.Emr.Patients;
using Health.Emr.Pharmacy;
using Health.Emr.Prescriptions;
using Health.Emr.Prescriptions.National;
using Health.Emr.Station;
using Health.Emr.Station.Antenatal;
using Health.Emr.Station.Chronic;
using Health.Emr.Station.Households;
using Health.Emr.Station.Immunization;
using Health.Emr.Station.Reports;
using Health.Emr.Station.Surveillance;
using Health.Emr.Terminology;
using Health.Fhir.Store;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Health.Emr;

/// <summary>What doctors, nurses and pharmacists do all day; all of it is FHIR in the store.</summary>
public sealed class EmrModule : IModule
{
    public Part Part => Part.Health;

    public void Register(ModuleBuilder module)
    {
        module.Services.AddScoped<Workplace>();
        module.Services.AddScoped<StationPeople>();
        module.Services.AddScoped<ILaunchContexts, LaunchContexts>();
        module.Services.AddSingleton<IFhirWriteRule, SignedStaysSigned>();
        module.Services.AddSingleton<IFhirWriteRule, PaperStaysSigned>();
        module.Services.AddSingleton<IFhirWriteRule, ClosedStays>();
        module
            .Feature<PatientIds>()
            .Handler<CitizensMerged, FollowCitizens>()
            .Handler<CitizensUnmerged, FollowCitizens>()
            .Handler<CitizenCorrected, FollowCitizens>()
            .Feature<FindPatient>()
            .Feature<RegisterPatient>()
            .Feature<RegisterNewborn>()
            .Feature<ReadPatientSummary>()
            .Feature<ReadPatientRecord>()
            .Feature<RecordAllergy>()
            .Feature<KeepProblemList>()
            .Feature<RecordPregnancy>()
            .Feature<ReadTimeline>()
            .Feature<ReadGrowth>()
            .Feature<ReadVitalHistory>()
            .Feature<MyConsents>()
            .Feature<ListToday>()
            .Feature<OpenEncounter>()
            .Feature<MoveInQueue>()
            .Feature<ReadEncounter>()
            .Feature<SaveNote>()
            .Feature<RecordVitalSigns>()
            .Feature<AddDiagnosis>()
            .Feature<RemoveDiagnosis>()
            .Feature<FinishEncounter>()
            .Feature<OrderTests>()
            .Feature<ListOrders>()
            .Feature<ReadOrder>()
            .Feature<EnterResults>()
            .Feature<SeeResult>()
            .Feature<ReadResults>()
            .Feature<KeepWards>()
            .Feature<AdmitPatient>()
            .Feature<TransferPatient>()
            .Feature<DischargePatient>()
            .Feature<ReadStay>()
            .Feature<ReadHandover>()
            .Feature<WriteProgress>()
            .Feature<OrderDrug>()
            .Feature<GiveDrug>()
            .Feature<RecordFluid>()
            .Feature<FillForm>()
            .Feature<IssuePaper>()
            .Feature<ReadPaper>()
            .Feature<SearchIcd10>()
            .Feature<ReadPatientFacts>()
            .Feature<DiscoverCdsServices>()
            .Feature<CallCdsService>()
            .Feature<TakeCdsFeedback>()
            .Feature<ReportAlerts>()
            .Feature<ListDrugs>()
            .Feature<KeepFavourites>()
            .Feature<ListEarlierPrescriptions>()
            .Feature<ReviewPrescription>()
            .Feature<SavePrescriptionDraft>()
            .Feature<IssuePrescription>()
            .Feature<ReadPrescription>()
            .Feature<PrintPrescription>()
            .Feature<CancelPrescription>()
            .Feature<ChargeEncounter>()
            .Feature<KeepHousehold>()
            .Feature<LotsInUse>()
            .Feature<ReadVaccinations>()
            .Feature<RecordVaccination>()
            .Feature<ReportReaction>()
            .Feature<PrintVaccinations>()
            .Feature<ListChildrenDue>()
            .Feature<ReadRegister>()
            .Feature<RecordFollowUp>()
            .Feature<KeepPregnancy>()
            .Feature<ListPregnancies>()
            .Feature<NotifyCases>()
            .Feature<ReadMonthlyReport>()
            .Feature<SendPrescription>()
            .Handler<PrescriptionIssued, SendPrescription>()
            .Feature<FindForDispensing>()
            .Feature<DispensePrescription>()
            .Pages<EmrModule>()
            .Menu(
                new MenuItem(
                    Part.Health,
                    "Khám bệnh hôm nay",
                    "Clinic today",
                    "/clinic",
                    Icons.Material.Outlined.MedicalServices,
                    Permission.WriteHealthRecords
                ),
                new MenuItem(
                    Part.Health,
                    "Người bệnh",
                    "Patients",
                    "/patients",
                    Icons.Material.Outlined.PersonSearch,
                    Permission.WriteHealthRecords
                ),
                new MenuItem(
                    Part.Health,
                    "Kết quả chưa xem",
                    "Unread results",
                    "/results",
                    Icons.Material.Outlined.MarkEmailUnread,
                    Permission.WriteHealthRecords
                ),
                new MenuItem(
                    Part.Health,
                    "Xét nghiệm, CĐHA",
                    "Laboratory, imaging",
                    "/orders",
                    Icons.Material.Outlined.Biotech,
                    Permission.WriteHealthRecords
                ),
                new MenuItem(
                    Part.Health,
                    "Khoa và giường",
                    "Wards and beds",
                    "/wards",
                    Icons.Material.Outlined.Bed,
                    Permission.WriteHealthRecords
                ),
                new MenuItem(
                    Part.Health,
                    "Ai được dùng hồ sơ của tôi",
                    "Who may use my record",
                    "/my/consents",
                    Icons.Material.Outlined.Handshake,
                    Permission.GiveConsent
                ),
                new MenuItem(
                    Part.Health,
                    "Nhà thuốc",
                    "Pharmacy",
                    "/pharmacy",
                    Icons.Material.Outlined.LocalPharmacy,
                    Permission.DispensePrescriptions
                ),
                new MenuItem(
                    Part.Health,
                    "Cảnh báo kê đơn",
                    "Prescribing alerts",
                    "/prescriptions/alerts",
                    Icons.Material.Outlined.NotificationImportant,
                    Permission.SignPrescriptions
                )
            )
            .Menu(StationMenu.Items);
    }
}
