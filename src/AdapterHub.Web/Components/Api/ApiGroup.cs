using Microsoft.OpenApi;

namespace AdapterHub.Web.Components.Api;

/// <summary>Operations under one heading of the page.</summary>
/// <param name="Id">For links.</param>
public sealed record ApiGroup(string Id, string Name, IReadOnlyList<ApiOperation> Operations)
{
    /// <summary>In the document's order.</summary>
    public static IReadOnlyList<ApiGroup> Of(OpenApiDocument document)
    {
        var operations = from path in document.Paths
                         from operation in path.Value.Operations ?? []
                         select (Tag: operation.Value.Tags?.FirstOrDefault()?.Name ?? "Other", Operation: ApiOperation.Of(path.Key, operation.Key, operation.Value, path.Value));
        return [.. operations.GroupBy(pair => pair.Tag, pair => pair.Operation, StringComparer.Ordinal)
            .Select(group => new ApiGroup(group.Key.ToLowerInvariant().Replace(' ', '-'), group.Key, [.. group]))];
    }
}

/// <summary>One thing that can be asked.</summary>
/// <param name="Id">The operation's name.</param>
/// <param name="Body">Fields of the request's body.</param>
/// <param name="BodyType">Its media type, where it is no JSON.</param>
/// <param name="Answer">Fields of the answer.</param>
/// <param name="AnswerType">Its media type, where it is no JSON.</param>
public sealed record ApiOperation(
    string Id, string Method, string Path, string Summary, string Description, IReadOnlyList<ApiField> Parameters,
    IReadOnlyList<ApiField> Body, string? BodyType, IReadOnlyList<ApiField> Answer, string? AnswerType)
{
    private const string Json = "application/json";

    public static ApiOperation Of(string path, HttpMethod method, OpenApiOperation operation, IOpenApiPathItem item)
    {
        var parameters = (item.Parameters ?? []).Concat(operation.Parameters ?? [])
            .Select(parameter => new ApiField(parameter.Name ?? "", $"{parameter.In}".ToLowerInvariant(), ApiField.TypeOf(parameter.Schema), parameter.Required, parameter.Description ?? ""));
        var body = operation.RequestBody?.Content?.FirstOrDefault();
        var answer = (operation.Responses ?? []).Where(response => response.Key.StartsWith('2')).SelectMany(response => response.Value.Content ?? new Dictionary<string, OpenApiMediaType>()).FirstOrDefault();
        return new ApiOperation(
            operation.OperationId ?? "", method.Method, path, operation.Summary ?? "", operation.Description ?? "", [.. parameters],
            ApiField.Of(body?.Value?.Schema), body?.Key is null or Json ? null : body.Value.Key,
            ApiField.Of(answer.Value?.Schema), answer.Key is null or Json ? null : answer.Key);
    }
}

/// <summary>A parameter, or a member of a JSON object.</summary>
/// <param name="Place">path or query; empty for members.</param>
public sealed record ApiField(string Name, string Place, string Type, bool IsRequired, string Description)
{
    /// <summary>The members of an object, or of the objects of a list.</summary>
    public static IReadOnlyList<ApiField> Of(IOpenApiSchema? schema)
    {
        if (schema?.Items is { } items)
            schema = items;
        return [.. (schema?.Properties ?? new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)).Select(property =>
            new ApiField(property.Key, "", TypeOf(property.Value), schema!.Required?.Contains(property.Key) == true, property.Value.Description ?? ""))];
    }

    public static string TypeOf(IOpenApiSchema? schema)
    {
        if (schema is null)
            return "";
        if (schema.OneOf is { Count: > 0 } choices)
            return string.Join(" or ", choices.Select(TypeOf).Where(type => type.Length > 0 && type != "null").Distinct(StringComparer.Ordinal));
        if (schema.Enum is { Count: > 0 } words)
            return string.Join(", ", words.Where(word => word is not null).Select(word => word.ToString()));
        if (schema.Items is { } items)
            return $"list of {TypeOf(items)}";
        var reference = (schema as OpenApiSchemaReference)?.Reference.Id;
        return reference ?? schema.Format ?? schema.Type switch
        {
            { } type when type.HasFlag(JsonSchemaType.Integer) => "whole number",
            { } type when type.HasFlag(JsonSchemaType.Number) => "number",
            { } type when type.HasFlag(JsonSchemaType.Boolean) => "true or false",
            { } type when type.HasFlag(JsonSchemaType.String) => "text",
            { } type when type.HasFlag(JsonSchemaType.Object) => "object",
            _ => "",
        };
    }
}
