// Blazor loads this once by its name. Custom elements find their own places afterwards, also on pages reached without a reload.
import "./commune-picker.js";
import "./review-keys.js";
