import Foundation
import GatehouseModel
import TestSupport
import Testing

/// What can be called at all, and what it takes: a change of it is a change of `routes.txt`, which somebody reads.
@Suite struct `The routes` {
    @Test func `are those of the golden file`() async throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "routes.txt")
        let golden = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
        let listed = try await lines().map { $0.replacing(#/ +$/#, with: "") }
        let changes = listed.difference(from: golden).map { change in
            switch change {
            case .remove(_, let line, _): "- \(line)"
            case .insert(_, let line, _): "+ \(line)"
            }
        }
        #expect(changes.isEmpty, "routes.txt\n\(changes.joined(separator: "\n"))")
    }

    private func lines() async throws -> [String] {
        var lines: [String] = []
        var served: Set<String> = []
        for service in ServiceName.allCases {
            try await service.run { running in
                lines += ["# \(service)"] + text(running.routes)
                lines += ["# \(service), on its internal listener"] + text(running.internalRoutes)
                served.formUnion(running.routes.map { "\($0.method) \($0.template)" })
            }
        }
        let later = Management.routes.filter { !served.contains($0.description) }
        return lines + ["# in the catalogue, and not served yet"]
            + text(later.map { ($0.method.rawValue, $0.template.text) })
    }

    private func text(_ routes: [(method: String, template: String)]) -> [String] {
        routes.sorted { ($0.template, $0.method) < ($1.template, $1.method) }.map { method, template in
            let path = template.padding(toLength: max(48, template.count), withPad: " ", startingAt: 0)
            return "\(method.padding(toLength: 7, withPad: " ", startingAt: 0))\(path) \(condition(method, template))"
        }
    }

    /// What a caller needs: of a management route its scope and its permissions, else nothing that the catalogue knows of; documents are open.
    private func condition(_ method: String, _ template: String) -> String {
        guard template.hasPrefix("/api/v1/"), !template.hasPrefix("/api/v1/openapi/") else { return "" }
        guard let route = Management.routes.first(where: { $0.description == "\(method) \(template)" }) else {
            return "NOT IN THE CATALOGUE"
        }
        let names = route.permissions.permissions.map(\.text)
        return "\(route.scope.text) \(names.joined(separator: route.permissions.isAny ? " | " : " & "))"
    }
}
