// Blazor loads this once by its name. Custom elements find their own places afterwards, also on pages reached without a reload.
import "./Encounters/ClinicPage.razor.js";
import "./Orders/OrdersCard.razor.js";
import "./Encounters/EncounterPage.razor.js";
import "./Prescriptions/WritePrescriptionPage.razor.js";
