using System.Collections;
using System.Management.Automation;

namespace PersistenceModule;

/// <summary>Takes text, and numbers as text: any other object from the pipeline, a session, a pane or a store above all, is what text is sent to, and not typed in.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class TextInputAttribute : ArgumentTransformationAttribute
{
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        if (IsText(inputData))
            return inputData;
        // Of an exception like this one PowerShell concludes that the parameter does not take the object.
        string message = $"A {Unwrap(inputData).GetType().Name} is no text.";
        throw new ArgumentTransformationMetadataException(message, new PSInvalidCastException(message));
    }

    private static bool IsText(object value) => Unwrap(value) switch
    {
        IList list => list.Cast<object>().All(IsText),
        object single => single is string or decimal || single.GetType().IsPrimitive,
        _ => true,
    };

    private static object Unwrap(object value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
