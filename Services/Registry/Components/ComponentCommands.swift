import GatehouseJSON
import GatehouseModel
import GatehousePlatform

/// `registry component add|remove`: the product's own parts come and go with their credentials (F4). On the host only, with the owner's
/// role: `serve` can do neither.
enum ComponentCommands {
    static let add = HostCommand(
        "component add",
        usage:
            "component add --kind KIND --name NAME --credentials FILE   give a component its credentials, in a new file",
        options: ["kind", "name", "credentials"]
    ) { host, arguments in
        let components = try Components(host.postgres, RegistrySettings(host.configuration).peppers)
        let made = try await components.add(
            Component(arguments), credentials: arguments.required("credentials"), at: .now())
        try await tell(made.clientID, made.revision, host)
    }

    static let remove = HostCommand(
        "component remove",
        usage:
            "component remove --kind KIND --name NAME   take a component's credentials away, and its tokens with them",
        options: ["kind", "name"]
    ) { host, arguments in
        let components = try Components(host.postgres, RegistrySettings(host.configuration).peppers)
        let removed = try await components.remove(Component(arguments), at: .now())
        try await tell(removed.clientID, removed.revision, host)
    }

    /// When this is printed, every replica knows.
    private static func tell(_ id: ClientID, _ revision: Revision, _ host: Host) async throws {
        var told: JSON.Object = ["client_id": id.json]
        told["propagation"] = await host.barrier?.wait(for: revision).json
        print(JSON.object(told).text)
    }
}

extension Component {
    fileprivate init(_ arguments: Arguments) throws {
        self.init(
            kind: try ComponentKind(arguments.required("kind")), name: try ApplicationName(arguments.required("name")))
    }
}
