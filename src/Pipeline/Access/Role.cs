namespace Caudal.Access;

/// <summary>What a token may do, by the work that its holder has.</summary>
public enum Role
{
    /// <summary>Looks: status, searches, runs, rejections, events, metrics.</summary>
    Viewer,

    /// <summary>An application that hands in transactions, and sees nothing.</summary>
    Sender,

    /// <summary>Looks, and does the daily work: runs, approvals, and what is to become of rejections.</summary>
    Operator,

    /// <summary>Looks, exports and reads the audit, and changes nothing.</summary>
    Auditor,

    /// <summary>Everything; alone makes and revokes tokens and begins epochs.</summary>
    Admin,
}

/// <summary>What a route asks of its caller: each route names one.</summary>
public enum Right
{
    /// <summary>Every token has it: the API's description, and which process serves it.</summary>
    Connect,
    View,
    Send,
    Operate,
    Export,
    Audit,
    Administer,
}

/// <summary>Which role has which rights: the one table, which the guide repeats.</summary>
public static class RoleRights
{
    static readonly Dictionary<Role, Right[]> Rights = new()
    {
        [Role.Viewer] = [Right.Connect, Right.View],
        [Role.Sender] = [Right.Connect, Right.Send],
        [Role.Operator] = [Right.Connect, Right.View, Right.Operate],
        [Role.Auditor] = [Right.Connect, Right.View, Right.Export, Right.Audit],
        [Role.Admin] = Enum.GetValues<Right>(),
    };

    public static bool Allows(this Role role, Right right) => Rights[role].Contains(right);

    /// <summary>The roles that have the right, for the error that says which token to take: <c>auditor, admin</c>.</summary>
    public static string Holders(Right right) => string.Join(", ",
        from role in Enum.GetValues<Role>() where role.Allows(right) select role.ToString().ToLowerInvariant());
}
