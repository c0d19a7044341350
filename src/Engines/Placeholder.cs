namespace Caudal.Engines;
static class Placeholder;
