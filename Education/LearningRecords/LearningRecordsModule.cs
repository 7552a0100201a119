using Education.Contracts;
using Education.LearningRecords.Assessment;
using Education.LearningRecords.Enrolments;
using Education.LearningRecords.Schools;
using Education.LearningRecords.Students;
using Education.LearningRecords.Transcripts;
using Education.LearningRecords.Tuition;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Education.LearningRecords;

/// <summary>Schools, pupils, marks and the learning record of a lifetime.</summary>
public sealed class LearningRecordsModule : IModule
{
    public Part Part => Part.Education;

    public void Register(ModuleBuilder module)
    {
        module.Db<
            LearningRecordsDb,
            LearningRecordsSqlite,
            LearningRecordsPostgres,
            LearningRecordsSqlServer
        >(LearningRecordsDb.SchemaName);
        module.Services.AddScoped<SchoolAccess>();
        module.Services.AddScoped<ClassResults>();
        module.Services.AddScoped<IStudentRecords, StudentRecords>();
        module.Services.AddScoped<IPupilStatistics, PupilStatistics>();
        module.Services.AddScoped<IPayFor, PayForChildren>();
        module
            .Feature<RegisterSchool>()
            .Feature<PlanSchoolYear>()
            .Feature<OpenClass>()
            .Feature<AssignTeacher>()
            .Feature<KeepCampuses>()
            .Feature<BrowseSchool>()
            .Feature<ViewClass>()
            .Feature<EnrolStudent>()
            .Feature<ChangeEnrolment>()
            .Feature<UndoEnrolmentChange>()
            .Feature<RollOverSchool>()
            .Feature<UndoRollOver>()
            .Feature<OpenGradebook>()
            .Feature<EnterMarks>()
            .Feature<PublishMarks>()
            .Feature<LockGradebook>()
            .Feature<DecideMarkRequests>()
            .Feature<ReadMarkHistory>()
            .Feature<ExchangeGradebook>()
            .Feature<WriteRemarks>()
            .Feature<RecordConduct>()
            .Feature<DecideYear>()
            .Feature<ReadRecord>()
            .Feature<ReadNews>()
            .Feature<LinkGuardian>()
            .Feature<RecordPolicy>()
            .Feature<ImportOldYears>()
            .Feature<ListTranscripts>()
            .Feature<CreateTranscripts>()
            .Feature<SignTranscripts>()
            .Feature<DeleteTranscript>()
            .Feature<ReadTranscript>()
            .Feature<PrintTranscript>()
            .Feature<IssueCredential>()
            .Feature<PublishIssuer>()
            .Feature<ShareRecord>()
            .Feature<OpenShare>()
            .Feature<PublishFeePlan>()
            .Feature<ChooseService>()
            .Feature<GrantFeePolicy>()
            .Feature<BillClass>()
            .Feature<ReadFees>()
            .Reseals<RenameTemporaryCodes>(LearningRecordsDb.SchemaName)
            .Handler<CitizensMerged, FollowCitizens>()
            .Handler<CitizensUnmerged, FollowCitizens>()
            .Handler<CitizenCorrected, FollowCitizens>()
            .Pages<LearningRecordsModule>()
            .Menu(
                new MenuItem(
                    Part.Education,
                    "Lớp học và học bạ",
                    "Classes and records",
                    "/school",
                    Icons.Material.Outlined.School,
                    Permission.ReadLearningRecords
                )
            );
    }
}
