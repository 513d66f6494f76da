/// What was done. Open: a consumer may meet operations that are newer than its library.
public struct Operation: OpenName {
    public static let create = Operation("CREATE")
    public static let update = Operation("UPDATE")
    public static let delete = Operation("DELETE")
    public static let rotate = Operation("ROTATE")
    public static let revoke = Operation("REVOKE")
    public static let issue = Operation("ISSUE")
    public static let refresh = Operation("REFRESH")
    public static let authorize = Operation("AUTHORIZE")
    public static let login = Operation("LOGIN")
    public static let logout = Operation("LOGOUT")
    public static let loginFailed = Operation("LOGIN_FAILED")
    public static let call = Operation("CALL")
    public static let block = Operation("BLOCK")

    public static let known = [
        create, update, delete, rotate, revoke, issue, refresh, authorize, login, logout, loginFailed, call, block,
    ]

    public let text: String

    public init(_ text: String) { self.text = text }
}
