using Persistence.Entities;

namespace Persistence.Tests.Entities.Model;

internal sealed record ModelField(int Number, string Name, FieldType Type, string Default);
