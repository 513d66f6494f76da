import GatehouseModel
package import GatehousePlatform

/// `policy unlock`: the way back for who is shut out by the general IP list. On the host only, with the owner's role.
package enum Unlock {
    package static let command = HostCommand(
        "unlock", usage: "unlock                            empty the general IP list", options: []
    ) { host, _ in
        try await NetworkAdministration(host.postgres).empty(by: .host(at: .now()))
        print("The general IP list is empty: it restricts nobody.")
    }
}
