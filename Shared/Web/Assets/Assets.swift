import GatehouseCrypto
public import GatehouseHTTP

/// The style sheet and the sign, under names that change with what is in them: a browser keeps them for a year.
public enum Assets {
    struct Asset: Sendable {
        let name: String
        let version: String
        let suffix: String
        let type: String
        let bytes: [UInt8]

        init(_ name: String, _ suffix: String, type: String, _ bytes: [UInt8]) {
            self.name = name
            self.suffix = suffix
            self.type = type
            self.bytes = bytes
            version = String(Base64URL.text(SHA256.digest(bytes)).prefix(16))
        }

        var file: String { "\(name).\(version).\(suffix)" }
        var path: String { "/assets/\(file)" }
    }

    static let style = Asset("style", "css", type: "text/css; charset=utf-8", PackageResources.style_css)
    static let icon = Asset("icon", "svg", type: "image/svg+xml", PackageResources.icon_svg)

    public static func mount(on router: Router) {
        router.on(
            "GET", "/assets/{file}",
            Endpoint { request in .now(answer(request.parameters["file"] ?? "")) })
    }

    /// While one version of a service follows another, a page of the one asks the other: it gets what there is, and keeps it not.
    private static func answer(_ file: String) -> Response {
        let parts = file.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3,
            let asset = [style, icon].first(where: { $0.name == parts[0] && $0.suffix == parts[2] })
        else { return Response(404, [("Cache-Control", "no-store")], text: "There is no such file.\n") }
        let cache = file == asset.file ? "public, max-age=31536000, immutable" : "no-store"
        return Response(
            200,
            [
                ("Content-Type", asset.type), ("Cache-Control", cache), ("X-Content-Type-Options", "nosniff"),
                ("Content-Security-Policy", "default-src 'none'; sandbox"),
            ], asset.bytes)
    }
}
