using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Emit;
using System.Text.RegularExpressions;
using Caudal.Engines.Sqlite;
using Caudal.Transactions;

namespace Caudal.Tests;

/// <summary>
/// Money never passes through floating point. The rule, on what is compiled of Pipeline and Engines: (1) nothing in namespace
/// Caudal.Transactions has to do with float or double; (2) nor has any other method that has to do with Money, MoneySum or decimal, where
/// "has to do with" means that its parameters, result, locals, or the fields, methods and constants that its code names are of the type;
/// (3) no text in the code names a floating-point type of SQL.
/// </summary>
public sealed partial class NoFloatingPointTests
{
    static readonly Type[] Floating = [typeof(float), typeof(double), typeof(Half)];
    static readonly Type[] Amounts = [typeof(Money), typeof(MoneySum), typeof(decimal)];

    static readonly Dictionary<short, OpCode> OpCodesByValue =
        typeof(OpCodes).GetFields().Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    static readonly MethodBase[] Methods = [.. MethodsOf(typeof(Money).Assembly), .. MethodsOf(typeof(SqliteLog).Assembly)];

    [Fact]
    public void Transactions_have_no_floating_point() =>
        Methods.Where(method => method.DeclaringType!.Namespace == typeof(Money).Namespace)
            .Where(method => Mentions(method).Any(Floating.Contains))
            .Select(NameOf).ShouldBeEmpty();

    [Fact]
    public void No_method_that_touches_money_touches_floating_point() =>
        Methods.Select(method => (method, types: Mentions(method).ToHashSet()))
            .Where(entry => Amounts.Any(entry.types.Contains) && Floating.Any(entry.types.Contains))
            .Select(entry => NameOf(entry.method)).ShouldBeEmpty();

    [Fact]
    public void No_sql_names_a_floating_point_type() =>
        Methods.SelectMany(method => Instructions(method).Select(instruction => instruction.Operand).OfType<string>()
                .Where(text => FloatingPointSql().IsMatch(text)).Select(text => $"{NameOf(method)}: {text}"))
            .ShouldBeEmpty();

    [Fact]
    public void The_rule_sees_what_it_forbids()
    {
        Mentions(new Func<Money, double>(money => money.Cents / 100.0).Method).ShouldContain(typeof(double));
        Mentions(new Func<decimal, decimal>(amount => amount * (decimal)Math.Sqrt(4)).Method).ShouldContain(typeof(double));
        Mentions(new Func<Transaction, bool>(some => some.Amount.Cents > 1e3).Method)
            .ShouldBe([typeof(Money), typeof(double)], ignoreOrder: true);
        Methods.Count(method => Mentions(method).Contains(typeof(Money))).ShouldBeGreaterThan(10);
        FloatingPointSql().IsMatch("CAST(valor AS DOUBLE)").ShouldBeTrue();
    }

    static IEnumerable<MethodBase> MethodsOf(Assembly assembly)
    {
        const BindingFlags all =
            BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        return assembly.GetTypes().SelectMany(type => type.GetMethods(all).Concat<MethodBase>(type.GetConstructors(all)));
    }

    static IEnumerable<Type> Mentions(MethodBase method)
    {
        var types = TypesOf(method).Concat(method.GetMethodBody()?.LocalVariables.Select(local => local.LocalType) ?? []);
        foreach (var (code, operand) in Instructions(method))
            types = types.Concat(operand switch
            {
                MethodBase called => TypesOf(called),
                FieldInfo field => [field.FieldType],
                Type type => [type],
                _ => code.Name is "ldc.r4" or "ldc.r8" or "conv.r4" or "conv.r8" or "conv.r.un" ? [typeof(double)] : [],
            });
        return types.SelectMany(Parts).Where(type => Floating.Contains(type) || Amounts.Contains(type)).Distinct();
    }

    static IEnumerable<Type> TypesOf(MethodBase method) =>
        method.GetParameters().Select(parameter => parameter.ParameterType)
            .Concat(method is MethodInfo info ? [info.ReturnType] : [])
            .Concat(method.IsGenericMethod ? method.GetGenericArguments() : [])
            .Append(method.DeclaringType!);

    /// <summary>A type and those that it is made of: double? and List&lt;double&gt; are floating point too.</summary>
    static IEnumerable<Type> Parts(Type type) =>
        type.HasElementType ? Parts(type.GetElementType()!)
        : type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts).Prepend(type)
        : [type];

    static IEnumerable<(OpCode Code, object? Operand)> Instructions(MethodBase method)
    {
        var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (var at = 0; at < code.Length;)
        {
            var opCode = OpCodesByValue[code[at] == 0xFE ? BinaryPrimitives.ReadInt16BigEndian(code.AsSpan(at)) : code[at]];
            at += opCode.Size;
            yield return (opCode, Resolve(method, opCode, code.AsSpan(at)));
            at += opCode.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BinaryPrimitives.ReadInt32LittleEndian(code.AsSpan(at)),
                _ => 4,
            };
        }
    }

    static object? Resolve(MethodBase method, OpCode code, ReadOnlySpan<byte> operand)
    {
        if (code.OperandType == OperandType.InlineString)
            return method.Module.ResolveString(BinaryPrimitives.ReadInt32LittleEndian(operand));
        var namesMember = code.OperandType
            is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok;
        return !namesMember ? null : method.Module.ResolveMember(
            BinaryPrimitives.ReadInt32LittleEndian(operand),
            method.DeclaringType!.GetGenericArguments(),
            method.IsGenericMethod ? method.GetGenericArguments() : []);
    }

    static string NameOf(MethodBase method) => $"{method.DeclaringType}.{method.Name}";

    [GeneratedRegex(@"\b(double|float[48]?|real)\b", RegexOptions.IgnoreCase)]
    private static partial Regex FloatingPointSql();
}
