using System.Globalization;
using System.Management.Automation;

namespace PersistenceModule;

/// <summary>Takes a plain number as seconds, where PowerShell would take it as ticks of 100 ns.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class DurationTransformationAttribute : ArgumentTransformationAttribute
{
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return value switch
        {
            int or long or double or decimal => TimeSpan.FromSeconds(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
            string text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) => TimeSpan.FromSeconds(seconds),
            _ => inputData,
        };
    }

    /// <summary>For options that take milliseconds. Out of range stays out of range, for them to refuse.</summary>
    public static int ToMilliseconds(TimeSpan time) => RoundUp(time.TotalMilliseconds);

    /// <summary>For options that take seconds.</summary>
    public static int ToSeconds(TimeSpan time) => RoundUp(time.TotalSeconds);

    private static int RoundUp(double value) => (int)Math.Clamp(Math.Ceiling(value), int.MinValue, int.MaxValue);
}
