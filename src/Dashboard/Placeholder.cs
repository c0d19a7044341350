namespace Caudal.Dashboard;
static class Placeholder;
