import GatehouseJSON
import GatehouseModel

extension Event {
    /// The data with the members of an audit event (03 § Topics): most facts have them, refused requests have a shape of their own.
    var auditData: JSON.Object {
        guard data["operation"] == nil else { return data }
        switch eventType {
        case .requestBlocked, .requestsBlocked: return aboutRequest(.block, .denied)
        case .callAllowed, .callsAllowed: return aboutRequest(.call, .allowed)
        default: return data
        }
    }

    private func aboutRequest(_ operation: Operation, _ outcome: Outcome) -> JSON.Object {
        var data = data
        let request = data["request"]?.object ?? [:]
        let (method, path) = (request["method"]?.string ?? "", request["path"]?.string ?? "")
        let route = request["route"]?.string ?? path
        data["operation"] = operation.json
        data["object_type"] = ObjectType.api.json
        data["outcome"] = outcome.json
        if data["objects"] == nil {
            data["objects"] = route.isEmpty ? [] : [Fact.Object(route, name: "\(method) \(path)").json]
        }
        if data["ip"] == nil { data["ip"] = request["ip"] }
        return data
    }
}
