import GatehouseJSON
import Glibc

/// A new file for its owner's eyes alone. One that is there already is never written over.
struct CredentialsFile {
    struct Failure: Error, CustomStringConvertible { let description: String }

    private let path: String
    private let descriptor: Int32

    init(_ path: String) throws(Failure) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure(path) }
    }

    /// On the disk when it returns; once only.
    func write(_ json: JSON) throws(Failure) {
        let bytes = json.bytes + [UInt8(ascii: "\n")]
        defer { close(descriptor) }
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
            throw Self.failure(path)
        }
    }

    func remove() { unlink(path) }

    private static func failure(_ path: String) -> Failure {
        Failure(description: "\(path): \(String(cString: strerror(errno)))")
    }
}
