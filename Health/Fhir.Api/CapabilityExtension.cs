using Hl7.Fhir.Model;

namespace Health.Fhir.Api;

/// <summary>What a module adds to a resource type in the capability statement; registered as a service.</summary>
public sealed record CapabilityExtension(string ResourceType, Func<IEnumerable<Extension>> Make);
