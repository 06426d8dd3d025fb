using System.Collections;
using System.Management.Automation;
using Persistence.Entities;

namespace PersistenceModule;

/// <summary>Takes whatever stands for entities as such, before PowerShell makes a number of it; everything else as it is.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class EntityIdTransformationAttribute : ArgumentTransformationAttribute
{
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object value = (inputData as PSObject)?.BaseObject ?? inputData;
        if (value is not IList several)
            return ToReference(inputData) ?? inputData;
        EntityReference?[] references = [.. several.Cast<object?>().Select(ToReference)];
        return references.Length > 0 && Array.TrueForAll(references, static reference => reference is not null) ? references : inputData;
    }

    private static EntityReference? ToReference(object? item)
    {
        object? value = (item as PSObject)?.BaseObject ?? item;
        return value switch
        {
            EntityReference reference => reference,
            EntityInfo entity => new EntityReference(entity),
            EntityComponentInfo component => new EntityReference(component),
            EntityId id => new EntityReference(id),
            string { Length: > 0 } text => new EntityReference(text),
            // Of a bare word PowerShell remembers the text, in a wrapper, where the number alone would not give it back.
            double or decimal or int or long => new EntityReference(LanguagePrimitives.ConvertTo<string>(item)) { IsNumber = true },
            _ => null,
        };
    }
}
