/// The sets of roles that users have, each once, with what all its roles permit together.
struct RoleSets: Sendable {
    private struct Role {
        var permissions = Bits()
        var revision = Revision.unseen
        var sets: [Int] = []
    }

    private var names = Interned<RoleName>()
    private var roles: [Role] = []
    private var sets = Interned<[Int]>()
    private var permissions: [Bits] = []

    func permissions(of set: UInt32) -> Bits { permissions[Int(set)] }

    /// The number of the set of these roles; a role may be named before anything is known of it.
    mutating func set(_ roles: [RoleName]) -> UInt32 {
        let members = Set(roles.map { number(of: $0) }).sorted()
        let set = sets.intern(members)
        if set == permissions.count {
            permissions.append(Bits())
            for role in members { self.roles[role].sets.append(set) }
            unite(set)
        }
        return UInt32(set)
    }

    /// A role changes for all its users at once, by the sets that it is in.
    mutating func apply(_ role: RoleName, permissions: Bits, revision: Revision) {
        let role = number(of: role)
        guard revision > roles[role].revision else { return }
        roles[role].permissions = permissions
        roles[role].revision = revision
        for set in roles[role].sets { unite(set) }
    }

    private mutating func number(of name: RoleName) -> Int {
        let number = names.intern(name)
        if number == roles.count { roles.append(Role()) }
        return number
    }

    private mutating func unite(_ set: Int) {
        permissions[set] = sets[set].reduce(into: Bits()) { $0.formUnion(roles[$1].permissions) }
    }
}
