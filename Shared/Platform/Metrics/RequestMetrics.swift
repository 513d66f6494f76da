import GatehouseHTTP

extension Metrics {
    /// How long requests took, by route and status.
    func observe(_ observation: Observation) {
        let key = RequestKey(template: observation.template, method: observation.method, status: observation.status)
        if let known = requests[key] { return known.observe(observation.duration) }
        let histogram = histogram(
            "gatehouse_request_duration_seconds", "From the headers to the answer",
            [
                ("route", key.template.isEmpty ? "none" : key.template), ("method", key.method),
                ("status", "\(key.status)"),
            ])
        requests[key] = histogram
        histogram.observe(observation.duration)
    }

    struct RequestKey: Hashable { let template: String, method: String, status: Int }
}
