using System.Management.Automation;

namespace PersistenceModule;

/// <summary>Takes an object that says which store it is of, in its property StorePath, as the path of that store; everything else as it is.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class StorePathTransformationAttribute : ArgumentTransformationAttribute
{
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        inputData is PSObject item && item.BaseObject is not string && item.Properties[StoreOutput.PathProperty]?.Value is string path
            ? WildcardPattern.Escape(path)
            : inputData;
}
