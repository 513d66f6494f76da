import GatehouseModel
package import GatehousePlatform

/// `token invite`: a link for one use, by which a user sets their password. On the host only, with the owner's role.
///
/// It is the first administrator's way in, and the way back for one who has forgotten the password. Not a part of `policy bootstrap`, which
/// makes the user: passwords are this service's, and no service writes into another's schema.
package enum InviteCommand {
    package static let command = HostCommand(
        "invite", usage: "invite --user ID   print a link by which the user sets the password, once, within a day",
        options: ["user"]
    ) { host, arguments in
        let id = try UserID(arguments.required("user"))
        let settings = try PlatformSettings(host.configuration, name: .token)
        let (accounts, author) = (AccountStore(postgres: host.postgres), Author.host(at: .now()))
        let invitation = try await Invitations(accounts, InvitationStore(postgres: host.postgres)).invite(
            id, by: author)
        print(InvitationLinks(origin: settings.origin).link(of: invitation))
    }
}
