import GatehouseJSON
import GatehouseModel

/// An event in words: “Ann via Shop sync updated the segment VIPs”.
enum Summary {
    /// `item` as a reader sees it, with names.
    static func of(_ item: JSON.Object, type: EventType?) -> String {
        let who = name(item["user"], "id") ?? "Somebody"
        let via = name(item["application"], "client_id").map { " via \($0)" } ?? ""
        let count = item["count"]?.integer.flatMap { $0 > 1 ? " (\($0) times)" : nil } ?? ""
        return "\(who)\(via) \(deed(item, type))\(count)"
    }

    private static func deed(_ item: JSON.Object, _ type: EventType?) -> String {
        let operation = Operation(item["operation"]?.string ?? "")
        let what = thing(item)
        switch type {
        case .applicationEnabled: return "enabled \(what)"
        case .applicationDisabled: return "disabled \(what)"
        case .applicationTokensRevoked: return "revoked all tokens of \(what)"
        default: break
        }
        switch operation {
        case .create: return "created \(what)"
        case .update: return "updated \(what)"
        case .delete: return "deleted \(what)"
        case .rotate: return "rotated the secret of \(what)"
        case .revoke: return "revoked \(what)"
        case .authorize: return "authorized \(what)"
        case .call: return "called \(what)"
        default: return "\(operation.text.lowercased()) \(what)"
        }
    }

    private static func thing(_ item: JSON.Object) -> String {
        let type = ObjectType(item["object_type"]?.string ?? "")
        let kind = kind(type)
        // There is one only: its name would say the same again.
        if let kind, type == .ipRange || type == .catalogue { return kind }
        let objects = item["objects"]?.array ?? []
        let names = objects.prefix(3).compactMap { name($0, "id") }.joined(separator: ", ")
        let more = objects.count > 3 ? " and \(objects.count - 3) more" : ""
        guard let kind else { return names + more }
        return names.isEmpty ? kind : "\(kind) \(names)\(more)"
    }

    private static func kind(_ type: ObjectType) -> String? {
        switch type {
        case .oauthApplication: "the application"
        case .oauthToken: "a token"
        case .ipRange: "the IP allow-list"
        case .user: "the user"
        case .role: "the role"
        case .domain: "the domain"
        case .catalogue: "the catalogue"
        case .api: nil
        default: type.text.lowercased()
        }
    }

    private static func name(_ json: JSON?, _ id: String) -> String? {
        guard let json, !json.isNull else { return nil }
        let name = json["name"]?.string ?? ""
        return name.isEmpty ? json[id]?.string : name
    }
}
