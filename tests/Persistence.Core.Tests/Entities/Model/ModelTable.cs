using System.Collections.Immutable;

namespace Persistence.Tests.Entities.Model;

internal sealed record ModelTable(int Number, string Name, int Version, int NextField, ImmutableList<ModelField> Fields);
