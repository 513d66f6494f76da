import GatehouseHTTP
import GatehouseModel
import GatehousePlatform

/// `/api/v1/objects` (03 § Management API): the resource directory. No head moves, so nothing is said of propagation: decisions read it.
struct ObjectRoutes {
    let directory: ObjectDirectory
    let settlement: Settlement

    func mount(on api: API) {
        api.on("PUT", "/api/v1/objects/{type}/{id}", .json(), put)
        api.on("DELETE", "/api/v1/objects/{type}/{id}", .none, delete)
    }

    private func put(_ call: Call) async throws(Problem) -> Response {
        let (object, isNew) = try await directory.put(call.object(), call.json(), by: call.author)
        settlement.tell()
        return .json(object.json, status: isNew ? 201 : 200)
    }

    private func delete(_ call: Call) async throws(Problem) -> Response {
        try await directory.delete(call.object(), by: call.author)
        settlement.tell()
        return Response(204)
    }
}

extension Call {
    fileprivate func object() throws(Problem) -> ObjectReference {
        guard try condition() == .none else {
            throw Problem(.preconditionFailed, "Objects of the directory have no entity tags.")
        }
        return ObjectReference(type: try value(of: "type"), id: try value(of: "id"))
    }

    private func value<Value: TextValue>(of name: String) throws(Problem) -> Value {
        do { return try Value(parameter(name)) } catch { throw Problem(field: name, error.detail) }
    }
}
