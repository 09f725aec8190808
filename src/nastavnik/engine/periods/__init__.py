"""Terms of plans and roadmaps: what «до 30 сентября», «ежегодно» and the like mean in days."""
