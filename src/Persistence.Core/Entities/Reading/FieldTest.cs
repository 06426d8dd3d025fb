namespace Persistence.Entities;

/// <summary>What is asked of a field's value.</summary>
public enum FieldTest
{
    /// <summary>It is the operand.</summary>
    Equal,

    /// <summary>It is not the operand.</summary>
    NotEqual,

    /// <summary>It comes before the operand.</summary>
    Less,

    /// <summary>It comes before the operand, or is it.</summary>
    LessOrEqual,

    /// <summary>It comes after the operand.</summary>
    Greater,

    /// <summary>It comes after the operand, or is it.</summary>
    GreaterOrEqual,

    /// <summary>A text has the operand in it; an array has it as an element.</summary>
    Contains,

    /// <summary>A text begins with the operand.</summary>
    StartsWith,
}
