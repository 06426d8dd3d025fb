using System.Management.Automation;

namespace PersistenceModule;

/// <summary>Output that says which store it is of, so that it can be piped into commands that take a store by its path.</summary>
internal static class StoreOutput
{
    /// <summary>The property that holds the store's full path: see <see cref="StorePathTransformationAttribute"/>.</summary>
    public const string PathProperty = "StorePath";

    /// <summary>An object of the engine, which knows no paths, with the path of its store.</summary>
    public static PSObject Of(string directory, object item)
    {
        PSObject output = PSObject.AsPSObject(item);
        if (output.Properties[PathProperty] is null)
            output.Properties.Add(new PSNoteProperty(PathProperty, directory));
        return output;
    }
}
