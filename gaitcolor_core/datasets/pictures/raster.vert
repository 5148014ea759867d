#version 330

// Pictures are read top line first, so the matrix comes with y turned down.
uniform mat4 matrix;

in vec3 position;
in vec3 normal;
in vec3 rest;
in vec3 rest_normal;
in vec4 cover_in;
in vec3 cover_out;
in vec2 kind;

out vec3 world_position;
out vec3 world_normal;
out vec3 cloth;
out vec3 cloth_normal;
out vec4 inner;
out vec3 outer;
out float openness;
flat out int piece;

void main() {
    gl_Position = matrix * vec4(position, 1.0);
    world_position = position;
    world_normal = normal;
    cloth = rest;
    cloth_normal = rest_normal;
    inner = cover_in;
    outer = cover_out;
    openness = kind.x;
    piece = int(kind.y);
}
