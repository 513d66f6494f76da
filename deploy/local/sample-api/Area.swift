/// A part of the API: `/rest/v2/segments`, with the routes that the default catalogue has for it.
struct Area {
    let name: String
    var hasDomains = false
    var isWritable = true

    static let all =
        ["segments", "dialogues", "models", "url-mappings"].map { Area(name: $0, hasDomains: true) }
        + ["channels", "connections", "content_stores", "groups", "profile-properties", "profiles"].map {
            Area(name: $0)
        }
        + [
            "audit-events", "group-types", "lifecycles", "listeners", "notebooks", "objectives", "plugins", "roles",
            "timeline-event-types", "timeline_event_rollups", "users",
        ].map { Area(name: $0, isWritable: false) }
}
