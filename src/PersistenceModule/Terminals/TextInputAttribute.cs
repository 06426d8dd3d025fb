using System.Management.Automation;

namespace PersistenceModule;

/// <summary>Keeps PowerShell from taking a session, a window, a pane or a store from the pipeline as text: they are what text is sent to.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class TextInputAttribute : ArgumentTransformationAttribute
{
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (value?.GetType().Assembly != typeof(TextInputAttribute).Assembly)
            return inputData;
        // Of an exception like this one PowerShell concludes that the parameter does not take the object.
        string message = $"{value.GetType().Name} is no text.";
        throw new ArgumentTransformationMetadataException(message, new PSInvalidCastException(message));
    }
}
