using System.Globalization;
using System.Numerics;

namespace Persistence.Entities;

/// <summary>Numbers of one type made of those of another, where that loses nothing.</summary>
internal static class NumberConversion
{
    /// <summary>An integer, of an integer or of a number without a fraction, within its limits.</summary>
    public static bool TryToInteger<T>(object value, out T result)
        where T : IBinaryInteger<T>
    {
        if (value is Enum member)
            value = Convert.ChangeType(member, member.GetTypeCode(), CultureInfo.InvariantCulture);
        try
        {
            (bool isNumber, result) = value switch
            {
                byte number => (true, T.CreateChecked(number)),
                sbyte number => (true, T.CreateChecked(number)),
                short number => (true, T.CreateChecked(number)),
                ushort number => (true, T.CreateChecked(number)),
                int number => (true, T.CreateChecked(number)),
                uint number => (true, T.CreateChecked(number)),
                long number => (true, T.CreateChecked(number)),
                ulong number => (true, T.CreateChecked(number)),
                float number when float.IsInteger(number) => (true, T.CreateChecked(number)),
                double number when double.IsInteger(number) => (true, T.CreateChecked(number)),
                decimal number when decimal.IsInteger(number) => (true, T.CreateChecked(number)),
                BigInteger number => (true, T.CreateChecked(number)),
                _ => (false, T.Zero),
            };
            return isNumber;
        }
        catch (OverflowException)
        {
            result = T.Zero;
            return false;
        }
    }

    /// <summary>A float, of another float, which is rounded, or of an integer that it is exact for.</summary>
    public static bool TryToFloat<T>(object value, out T result)
        where T : IBinaryFloatingPointIeee754<T>
    {
        (bool isNumber, result) = value switch
        {
            float number => (true, T.CreateTruncating(number)),
            double number => (double.IsFinite(number) == T.IsFinite(T.CreateTruncating(number)), T.CreateTruncating(number)),
            decimal number => (true, T.CreateTruncating(number)),
            _ when TryToInteger(value, out Int128 integer) => (IsExact(integer, out T exact), exact),
            _ => (false, T.Zero),
        };
        return isNumber;
    }

    /// <summary>Whether a float is exact for an integer. The wide type has more than 64 bits: the next float above the largest integer of those would be taken for it.</summary>
    public static bool IsExact<T>(Int128 value, out T result)
        where T : IBinaryFloatingPointIeee754<T>
    {
        result = T.CreateTruncating(value);
        return Int128.CreateSaturating(result) == value;
    }
}
