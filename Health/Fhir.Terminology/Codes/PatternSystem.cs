using System.Text.RegularExpressions;

namespace Health.Fhir.Terminology.Codes;

/// <summary>
/// Code systems of other bodies that FHIR binds to and that are checked by their form: languages, media types, currencies.
/// The registries behind them are not consulted, so a code of the right form passes.
/// </summary>
public sealed partial class PatternSystem : GrammarSystem
{
    /// <summary>https://www.rfc-editor.org/rfc/rfc5646#section-2.1</summary>
    public static readonly PatternSystem Languages = new(
        "urn:ietf:bcp:47",
        "Language tags",
        LanguageTag()
    );

    /// <summary>
    /// https://www.rfc-editor.org/rfc/rfc6838#section-4.2, with parameters; and FHIR's short forms
    /// (https://hl7.org/fhir/R4/http.html#mime-type).
    /// </summary>
    public static readonly PatternSystem MediaTypes = new(
        "urn:ietf:bcp:13",
        "Media types",
        MediaType()
    );

    /// <summary>ISO 4217: three letters.</summary>
    public static readonly PatternSystem Currencies = new(
        "urn:iso:std:iso:4217",
        "Currencies",
        ThreeLetters()
    );

    /// <summary>ISO 3166-1: two letters, three letters or three digits.</summary>
    public static readonly PatternSystem Countries = new(
        "urn:iso:std:iso:3166",
        "Countries",
        Country()
    );

    private readonly Regex form;

    private PatternSystem(string url, string title, Regex form)
        : base(url) => (Title, this.form) = (title, form);

    public override Concept? Find(string code) =>
        form.IsMatch(code) ? new Concept(code, code) : null;

    [GeneratedRegex(
        @"^(?:[A-Za-z]{2,3}(?:-[A-Za-z]{3}){0,3}|[A-Za-z]{4,8})(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|\d{3}))?(?:-(?:[A-Za-z0-9]{5,8}|\d[A-Za-z0-9]{3}))*(?:-[0-9A-WYZa-wyz](?:-[A-Za-z0-9]{2,8})+)*(?:-x(?:-[A-Za-z0-9]{1,8})+)?\z"
    )]
    private static partial Regex LanguageTag();

    [GeneratedRegex(
        @"^(?:xml|json|ttl)\z|^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}(?:\s*;\s*[A-Za-z0-9!#$&^_.+-]+=(?:""[^""]*""|[^\s;""]+))*\z"
    )]
    private static partial Regex MediaType();

    [GeneratedRegex(@"^[A-Z]{3}\z")]
    private static partial Regex ThreeLetters();

    [GeneratedRegex(@"^(?:[A-Z]{2,3}|\d{3})\z")]
    private static partial Regex Country();
}
