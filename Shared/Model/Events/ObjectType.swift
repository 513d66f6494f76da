/// What it was done to. Open, as `Operation` is.
public struct ObjectType: OpenName {
    public static let oauthApplication = ObjectType("OAUTH_APPLICATION")
    public static let oauthToken = ObjectType("OAUTH_TOKEN")
    public static let ipRange = ObjectType("IP_RANGE")
    public static let user = ObjectType("USER")
    public static let role = ObjectType("ROLE")
    public static let domain = ObjectType("DOMAIN")
    public static let catalogue = ObjectType("CATALOGUE")
    public static let api = ObjectType("API")

    public static let known = [oauthApplication, oauthToken, ipRange, user, role, domain, catalogue, api]

    public let text: String

    public init(_ text: String) { self.text = text }

    /// A type that the catalogue names, in the spelling of these: `URL_MAPPING`. One that is spelt as one of ours is still another.
    public init(_ type: ResourceType) {
        let text = type.text.uppercased().replacing("-", with: "_")
        self.text = Self.known.contains { $0.text == text } ? "OBJECT_" + text : text
    }
}
