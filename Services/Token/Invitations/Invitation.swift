import GatehouseCrypto
import GatehouseModel
import GatehousePlatform

/// What lets somebody set their password once: 256 random bits in a link, of which the digest is kept.
final class Invitation: Sendable {
    static let life = Duration.seconds(24 * 3600)

    let text: String
    let digest: [UInt8]
    let expires: Timestamp

    init(at time: Timestamp) {
        let bytes = Random.bytes(32)
        text = Base64URL.text(bytes)
        digest = SHA256.digest(bytes)
        expires = time + Self.life
    }

    /// What is kept of the one in a link; of what is none, a digest that nobody has.
    static func digest(of text: String) -> [UInt8] {
        SHA256.digest(Base64URL.decode(text) ?? Array("none \(text)".utf8))
    }
}

/// Where an invitation leads.
struct InvitationLinks {
    static let path = "/account/invitation"

    let origin: String

    func link(of invitation: Invitation) -> String { "\(origin)\(Self.path)?token=\(invitation.text)" }
}
