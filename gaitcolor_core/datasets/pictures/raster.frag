#version 330

// Fabrics, in the order of MATERIALS in figure.py.
const int SKIN = 0, HAIR = 1, SOCKS = 2, SHOES = 3, BOTTOM = 4, TOP = 5, COAT = 6, BAG = 7, CAP = 8;
// Patterns, in the order of fabrics.PATTERNS.
const int PLAIN = 0, STRIPES = 1, CHECKS = 2, DOTS = 3, CAMOUFLAGE = 4, KNIT = 5, FLESH = 6,
    STRANDS = 7;

uniform vec3 colors[27];
// Pattern, scale in metres, upright, seed.
uniform vec4 weave[9];
// Gloss, depth of folds.
uniform vec2 relief[9];
// Height of the chin, height of the head, front of the face, half of the head's depth; metres.
uniform vec4 face;
// Waist in metres, belt, zipper.
uniform vec3 tailoring;
uniform vec3 eye;
uniform vec3 sun_direction;
uniform vec3 sun_color;
uniform vec3 ambient;
uniform float owner;

in vec3 world_position;
in vec3 world_normal;
in vec3 cloth;
in vec3 cloth_normal;
in vec4 inner;
in vec3 outer;
in float openness;
flat in int piece;

layout(location = 0) out vec4 color;
layout(location = 1) out vec4 identity;

float hash(ivec3 cell) {
    uvec3 key = uvec3(cell) * uvec3(1597334673u, 3812015801u, 2798796415u);
    uint mixed = (key.x ^ key.y ^ key.z) * 1597334673u;
    mixed ^= mixed >> 15;
    return float(mixed * 2246822519u >> 8) / 16777216.0;
}

float noise(vec3 at) {
    ivec3 cell = ivec3(floor(at));
    vec3 part = fract(at);
    part = part * part * (3.0 - 2.0 * part);
    float value[4];
    for (int k = 0; k < 4; k++) {
        ivec3 corner = cell + ivec3(0, k & 1, k >> 1);
        value[k] = mix(hash(corner), hash(corner + ivec3(1, 0, 0)), part.x);
    }
    return mix(mix(value[0], value[1], part.y), mix(value[2], value[3], part.y), part.z);
}

// Share of the darker side of a border, smooth over a pixel.
float step_at(float distance) {
    float width = max(fwidth(distance), 1e-5);
    return clamp(distance / width + 0.5, 0.0, 1.0);
}

// Around the body or limb and up, metres; panels meet where seams are.
vec2 panel() {
    vec3 side = abs(cloth_normal);
    float around = side.y > 0.75 * side.x ? cloth.x : cloth.y + 0.031;
    return vec2(side.z > 0.85 ? cloth.x : around, side.z > 0.85 ? cloth.y : cloth.z);
}

// Eyes, brows, lips and a blush on the front of the head.
vec3 complexion(vec3 skin) {
    vec2 at = vec2(abs(cloth.x), cloth.z - face.x) / face.y;
    if (at.y < 0.0 || at.y > 1.0 || cloth.y > face.z + 0.5 * face.w) return skin;
    vec3 lips = colors[3 * SKIN + 1], dark = colors[3 * SKIN + 2];
    float cheek = exp(-60.0 * dot(at - vec2(0.2, 0.36), at - vec2(0.2, 0.36)));
    skin = mix(skin, lips, 0.2 * cheek);
    vec2 mouth = (at - vec2(0.0, 0.195)) / vec2(0.115, 0.026);
    skin = mix(skin, lips, 0.85 * smoothstep(1.15, 0.75, length(mouth)));
    skin *= 1.0 - 0.35 * smoothstep(0.007, 0.0, abs(at.y - 0.197)) * step(at.x, 0.1);
    vec2 socket = (at - vec2(0.148, 0.505)) / vec2(0.085, 0.05);
    skin *= 1.0 - 0.18 * smoothstep(1.2, 0.5, length(socket));
    vec2 lid = (at - vec2(0.148, 0.5)) / vec2(0.062, 0.024 );
    vec3 ball = mix(vec3(0.78), dark, smoothstep(0.032, 0.022, length(at - vec2(0.148, 0.502))));
    skin = mix(skin, ball, smoothstep(1.1, 0.85, length(lid)));
    skin = mix(skin, dark, 0.75 * smoothstep(0.008, 0.003, abs(at.y - 0.524 + 4.0 * pow(at.x - 0.148, 2.0)))
        * step(abs(at.x - 0.148), 0.066));
    vec2 brow = vec2(at.x - 0.155, at.y - 0.585 + 0.9 * pow(abs(at.x - 0.17), 1.6));
    skin = mix(skin, colors[3 * HAIR] * 0.8 + 0.02,
        0.75 * smoothstep(1.1, 0.7, length(brow / vec2(0.085, 0.017))));
    return skin;
}

vec3 patterned(int fabric) {
    int pattern = int(weave[fabric].x);
    float scale = weave[fabric].y;
    vec3 first = colors[3 * fabric], second = colors[3 * fabric + 1];
    vec3 third = colors[3 * fabric + 2];
    vec2 at = panel() / scale;
    if (weave[fabric].z > 0.5) at = at.yx;
    // A software renderer runs all branches: they share their noise.
    bool spots = pattern == CAMOUFLAGE;
    vec3 grain = spots ? cloth / scale : pattern == STRANDS ? cloth * vec3(260.0, 260.0, 25.0) : cloth * 180.0;
    float rough = noise(grain + weave[fabric].w);
    float rougher = noise(spots ? grain + weave[fabric].w + 17.0 : cloth * 60.0);
    if (spots) rough = mix(rough, rougher, 0.15);
    if (pattern == FLESH) return complexion(first * (0.97 + 0.06 * rougher));
    if (pattern == STRIPES) return mix(first, second, step_at((abs(fract(at.y) - 0.5) - 0.27) * scale));
    if (pattern == CHECKS) {
        vec2 bars = vec2(step_at((abs(fract(at.x) - 0.5) - 0.26) * scale),
                         step_at((abs(fract(at.y) - 0.5) - 0.26) * scale));
        vec2 lines = vec2(step_at((0.035 - abs(fract(at.x) - 0.5)) * scale),
                          step_at((0.035 - abs(fract(at.y) - 0.5)) * scale));
        vec3 woven = mix(first, second, 0.5 * (bars.x + bars.y));
        return mix(woven, third, 0.6 * max(lines.x, lines.y));
    }
    if (pattern == DOTS) {
        vec2 cell = at + vec2(0.5 * mod(floor(at.y), 2.0), 0.0);
        return mix(first, second, step_at((0.27 - length(fract(cell) - 0.5)) * scale));
    }
    if (pattern == CAMOUFLAGE) {
        vec3 blotch = mix(first, second, step_at((rough - 0.55) * scale));
        return mix(blotch, third, step_at((rougher - 0.62) * scale));
    }
    if (pattern == KNIT) {
        float rib = abs(fract(at.x) - 0.5) * 2.0;
        float row = abs(fract(at.y * 0.22) - 0.5) * 2.0;
        vec3 yarn = mix(first, second, step_at((row - 0.72) * scale) * 0.9);
        return yarn * (0.72 + 0.28 * smoothstep(0.1, 0.7, rib));
    }
    if (pattern == STRANDS) return mix(first, second, 0.6 * rough * rough);
    return first * (0.93 + 0.1 * rough);
}

// The outermost garment here, and how dark it is right beside the border of one further out.
int worn(out float crease) {
    crease = 1.0;
    if (piece >= 0) return piece;
    float strands = inner.x + 0.016 * (noise(cloth * vec3(110.0, 110.0, 25.0)) - 0.5);
    float distances[7] = float[7](outer.z, outer.y, outer.x, inner.w, inner.z, inner.y, strands);
    int fabrics[7] = int[7](CAP, COAT, TOP, BOTTOM, SHOES, SOCKS, HAIR);
    for (int k = 0; k < 7; k++) {
        if (distances[k] > 0.0) return fabrics[k];
        crease *= 1.0 - 0.4 * smoothstep(-0.018, 0.0, distances[k]);
    }
    return SKIN;
}

// Details that a tailor adds: belt, zipper, seams along borders.
vec3 trimmed(int fabric, vec3 base) {
    if (piece >= 0 && fabric != COAT && fabric != SHOES) return base;
    if (fabric == BOTTOM && tailoring.y > 0.5 && cloth.z > tailoring.x - 0.035) base = vec3(0.02);
    if (fabric == SHOES && cloth.z < 0.0205) base = pow(colors[3 * SHOES + 1], vec3(2.2));
    if (fabric == COAT && tailoring.z > 0.5 && cloth_normal.y < -0.2)
        base *= 1.0 - 0.6 * step_at(0.006 - abs(cloth.x));
    float border = fabric == TOP ? outer.x : fabric == COAT ? outer.y : 1.0;
    if (piece < 0) base *= 1.0 - 0.18 * smoothstep(0.004, 0.0, abs(border - 0.02));
    return base;
}

// Folds as a bump map (Mikkelsen 2010): the normal leans against the slope of a height.
vec3 folded(vec3 normal, int fabric) {
    float depth = relief[fabric].y;
    if (depth <= 0.0) return normal;
    vec3 at = cloth * vec3(17.0, 17.0, 8.0) + weave[fabric].w;
    vec3 bend = 0.8 * sin(cloth.zxy * 11.0 + 3.0);
    float height = 0.010 * depth * (noise(at + bend) + 0.4 * noise(at * 2.2 + 5.0));
    vec3 along_x = dFdx(world_position), along_y = dFdy(world_position);
    vec3 across_x = cross(along_y, normal), across_y = cross(normal, along_x);
    float area = dot(along_x, across_x);
    vec3 slope = (dFdx(height) * across_x + dFdy(height) * across_y) * sign(area);
    vec3 bent = abs(area) * normal - slope;
    float size = length(bent);
    return size > 1e-12 ? bent / size : normal;
}

void main() {
    float crease;
    int fabric = worn(crease);
    vec3 base = pow(patterned(fabric), vec3(2.2));
    base = trimmed(fabric, base);
    vec3 normal = normalize(gl_FrontFacing ? world_normal : -world_normal);
    normal = folded(normal, fabric);
    float open = openness * crease * (gl_FrontFacing ? 1.0 : 0.6);
    float wrap = fabric == SKIN ? 0.25 : 0.12;
    float facing = max(0.0, (dot(normal, sun_direction) + wrap) / (1.0 + wrap));
    vec3 sky = ambient * mix(0.45, 1.15, 0.5 + 0.5 * normal.z) * open;
    vec3 direct = sun_color * facing * mix(1.0, open, 0.6);
    vec3 halfway = normalize(sun_direction + normalize(eye - world_position));
    float shine = relief[fabric].x * pow(max(0.0, dot(normal, halfway)), 24.0);
    vec3 light = base * (sky + direct) + shine * open * (sun_color * 0.5 + ambient * 0.15);
    color = vec4(pow(clamp(light, 0.0, 1.0), vec3(1.0 / 2.2)), 1.0);
    identity = vec4(owner / 255.0, 0.0, 0.0, 1.0);
}
