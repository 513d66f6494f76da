import GatehouseJSON

/// Another product's catalogue, a small one: a library with its books, loans and branches.
enum Library {
    static let catalogue: JSON = [
        "scopes": [
            ["name": "read:books", "words": "Look books up"],
            ["name": "write:loans", "words": "Lend books and take them back"],
        ],
        "permissions": [
            ["name": "READ_BOOKS", "words": "Look books up"], ["name": "LEND_BOOKS", "words": "Lend books"],
        ],
        "routes": [
            route("GET", "/library/books", "read:books", "READ_BOOKS"),
            route("GET", "/library/books/{isbn}", "read:books", "READ_BOOKS"),
            route("POST", "/library/branches/{branch}/loans", "write:loans", "LEND_BOOKS", "path:branch", "read+write"),
        ],
        "object_types": [],
        "internal_kinds": [["kind": "scanner", "routes": [["method": "GET", "path": "/library/books/{isbn}"]]]],
    ]

    private static func route(
        _ method: String, _ path: String, _ scope: String, _ permission: String, _ source: String = "none",
        _ rule: String = "none"
    ) -> JSON {
        [
            "method": .string(method), "path": .string(path), "scope": .string(scope),
            "permission": .string(permission), "domain_source": .string(source), "domain_rule": .string(rule),
        ]
    }
}
