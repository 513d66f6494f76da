/// A part of the API: `/rest/v2/segments`, with the routes that the default catalogue has for it.
struct Area {
    let name: String
    /// As the resource directory knows what the area holds; nil where it lies in no domain.
    var object: String?
    var isWritable = true

    var hasDomains: Bool { object != nil }

    static let all =
        ["segment", "dialogue", "model", "url-mapping"].map { Area(name: $0 + "s", object: $0) }
        + ["channels", "connections", "content_stores", "groups", "profile-properties", "profiles"].map {
            Area(name: $0)
        }
        + [
            "audit-events", "group-types", "lifecycles", "listeners", "notebooks", "objectives", "plugins", "roles",
            "timeline-event-types", "timeline_event_rollups", "users",
        ].map { Area(name: $0, isWritable: false) }
}
