import GatehouseHTTP
import GatehouseJSON
import GatehouseModel
import GatehousePlatform

extension Response {
    /// 201; `name`: the member by which the thing stands in its collection.
    static func created(_ created: Created, in collection: String, by name: String) -> Response {
        let location = Location.header(collection, created.json[name]?.string ?? "")
        return .json(.object(created.json), status: 201, [EntityTag.header(created.revision), location])
    }
}
