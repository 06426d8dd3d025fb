namespace Persistence.Serialization;

/// <summary>The boxed values that need only one byte to be asked for, made once: a box is 24 bytes.</summary>
internal static class Boxes
{
    private static readonly object[] s_small = CreateSmall();

    public static object True { get; } = true;

    public static object False { get; } = false;

    /// <summary>The box of a fixint, −32 to 127.</summary>
    public static object FixInt(int value) => s_small[value - MessagePackCode.NegativeFixIntMin];

    private static object[] CreateSmall()
    {
        object[] boxes = new object[MessagePackCode.PositiveFixIntMax - MessagePackCode.NegativeFixIntMin + 1];
        for (int i = 0; i < boxes.Length; i++)
            boxes[i] = i + MessagePackCode.NegativeFixIntMin;
        return boxes;
    }
}
